#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reading.h"
#include "tinyfog/term/rate.h"
#include "tinyfog/term/table.h"

namespace tinyfog::demo {

/// Sums up the readings of all nodes.
class Tally {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Add(const Reading& reading, Time now);
  /// A node process that ended before it was told to.
  void AddDeadNode(const std::string& node) { dead_.push_back(node); }

  /// Results and refusals.
  std::uint64_t answers() const { return Count(Fate::kAnswered) + Count(Fate::kRefused); }
  std::uint64_t Count(Fate fate) const { return fates_[static_cast<std::size_t>(fate)]; }
  std::uint64_t correct() const { return correct_; }
  double Accuracy() const;

  /// Whether a check passes: at least `wanted` answers, at least 95 % of them right, none lost,
  /// late or unmatched, every node alive. What is wrong, else "".
  std::string Complaint(std::uint64_t wanted) const;

  /// The live table with its totals.
  std::string Render(Time now, const term::Style& style) const;
  /// One line: the totals.
  std::string Summary() const;

 private:
  struct Node {
    Reading last;
    std::uint64_t answers = 0, correct = 0, missing = 0;
  };
  std::chrono::microseconds Quantile(double q) const;

  std::map<std::string, Node> nodes_;
  std::array<std::uint64_t, 5> fates_{};
  std::uint64_t correct_ = 0;
  std::vector<std::uint32_t> latencies_us_;  ///< the latest 4,096
  std::size_t next_latency_ = 0;
  std::vector<std::string> dead_;
  term::RateMeter rate_;
};

/// One reading as a plain line, with "\n".
std::string ReadingLine(const Reading& reading, const term::Style& style);

}  // namespace tinyfog::demo
