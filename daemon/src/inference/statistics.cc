#include "statistics.h"

namespace tinyfog::inference {
namespace {

void Add(DurationStat& stat, std::uint64_t count, std::chrono::nanoseconds time) {
  stat.count += count;
  stat.total += time;
}

}  // namespace

void StatisticsCounter::Executed(const BatchTimes& times, std::uint64_t requests,
                                 std::chrono::nanoseconds queued, std::chrono::nanoseconds total) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::lock_guard lock(mutex_);
  sums_.last_inference_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
  sums_.inference_count += times.rows;
  sums_.execution_count += 1;
  Add(sums_.success, requests, total);
  Add(sums_.queue, requests, queued);
  Add(sums_.compute_input, requests, times.input);
  Add(sums_.compute_infer, requests, times.infer);
  Add(sums_.compute_output, requests, times.output);
  auto& batch = batches_[times.rows];
  batch.size = times.rows;
  Add(batch.compute_input, 1, times.input);
  Add(batch.compute_infer, 1, times.infer);
  Add(batch.compute_output, 1, times.output);
}

void StatisticsCounter::Failed(std::uint64_t requests, std::chrono::nanoseconds total) {
  const std::lock_guard lock(mutex_);
  Add(sums_.fail, requests, total);
}

ModelStatistics StatisticsCounter::Get() const {
  const std::lock_guard lock(mutex_);
  ModelStatistics statistics = sums_;
  for (const auto& [size, batch] : batches_) statistics.batches.push_back(batch);
  return statistics;
}

}  // namespace tinyfog::inference
