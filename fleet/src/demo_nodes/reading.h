#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tinyfog/host/error.h"

namespace tinyfog::demo {

/// What became of one request of a demo node.
enum class Fate : std::uint8_t {
  kAnswered,   ///< a result came in time
  kRefused,    ///< the gateway answered with an error
  kLost,       ///< no answer within the time allowed
  kLate,       ///< an answer came after that; the request was counted as lost before
  kUnmatched,  ///< an answer that belongs to no request, or a second one
};

/// "answered", "refused", "lost", "late", "unmatched".
std::string_view FateName(Fate fate);

/// One line of a node's output.
struct Reading {
  std::string node;
  std::uint64_t index = 0;       ///< of the window, from 0
  std::string truth;             ///< label of the motor's true state; "" when unmatched
  std::string answer;            ///< label of the answered one; the reason when refused
  double confidence = 0;         ///< 0..1
  std::uint64_t latency_us = 0;  ///< from the request's publish to the answer
  Fate fate = Fate::kAnswered;

  bool operator==(const Reading&) const = default;
};

/// One JSON object without a line end.
std::string WriteReading(const Reading& reading);
/// The inverse. Errors: kInvalidArgument.
Outcome<Reading> ParseReading(std::string_view line);

}  // namespace tinyfog::demo
