#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "tinyfog/term/rate.h"
#include "tinyfog/term/table.h"
#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::ctl {

/// The live table of `watch`: one row per node and model with its latest answer and its rate. Holds
/// at most 1,000 rows; the longest silent one makes room.
class WatchBoard {
 public:
  using Time = std::chrono::steady_clock::time_point;
  void Add(const v1::Event& event, Time now);
  /// `rows`: lines there are room for; the most recently active nodes are shown.
  std::string Render(Time now, std::size_t rows, const term::Style& style) const;

 private:
  struct Row {
    v1::InferenceEvent last;
    Time seen{};
    std::uint64_t answers = 0;
    term::RateMeter rate;
  };
  std::map<std::pair<std::string, std::string>, Row> rows_;
  term::RateMeter rate_;
  std::uint64_t inferences_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t missed_ = 0;
  v1::Event other_;  ///< the latest event that is no inference
};

}  // namespace tinyfog::ctl
