#pragma once

#include <map>
#include <mutex>

#include "tinyfog/inference/server.h"

namespace tinyfog::inference {

/// How long the parts of one batch took.
struct BatchTimes {
  std::uint32_t rows = 0;
  std::chrono::nanoseconds input{};
  std::chrono::nanoseconds infer{};
  std::chrono::nanoseconds output{};
};

/// Sums up what one model version did. Thread-safe.
class StatisticsCounter {
 public:
  /// A batch was executed for `requests` requests, whose times from arrival sum up to `total` and
  /// in the queue to `queued`.
  void Executed(const BatchTimes& times, std::uint64_t requests, std::chrono::nanoseconds queued,
                std::chrono::nanoseconds total);
  /// `requests` requests got an error; their times from arrival sum up to `total`.
  void Failed(std::uint64_t requests, std::chrono::nanoseconds total);
  /// Without model and version.
  ModelStatistics Get() const;

 private:
  mutable std::mutex mutex_;
  ModelStatistics sums_;
  std::map<std::uint32_t, ModelStatistics::Batch> batches_;
};

}  // namespace tinyfog::inference
