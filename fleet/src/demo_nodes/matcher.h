#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reading.h"
#include "tinyfog/demo/vibration.h"

namespace tinyfog::demo {

/// Remembers a node's requests and says which of them an answer belongs to. The clock enters by
/// argument. One thread at a time.
class Matcher {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Request {
    std::uint64_t index = 0;
    MotorState truth = MotorState::kNormal;
    Time sent{};
  };
  /// What an answer or the passing of time says about a request; `request` is empty when unmatched.
  struct Match {
    Fate fate = Fate::kUnmatched;
    std::optional<Request> request;
  };

  /// `session`: a number that differs between runs, so that answers to an earlier run do not match.
  Matcher(std::uint32_t session, std::chrono::milliseconds patience)
      : session_(session), patience_(patience) {}

  /// Correlation data for a new request (12 bytes).
  std::string Send(Request request);
  /// The broker never got the request.
  void Forget(std::uint64_t index) { waiting_.erase(index); }
  /// An answer: kAnswered, kLate or kUnmatched.
  Match Answer(std::string_view correlation, Time now);
  /// Requests that have waited too long at `now`, once each. They can still come late.
  std::vector<Request> TakeLost(Time now);
  std::size_t waiting() const { return waiting_.size(); }

 private:
  const std::uint32_t session_;
  const std::chrono::milliseconds patience_;
  std::map<std::uint64_t, Request> waiting_;
  std::map<std::uint64_t, Request> lost_;  ///< at most 1,024, the oldest are forgotten
};

}  // namespace tinyfog::demo
