#include "tinyfog/node/pending_samples.h"

#include <algorithm>

namespace tinyfog::node {

bool PendingSamples::HasRoom(bool correlates) const {
  if (correlates) return count_ < kMost;
  return count_ < kMost && std::all_of(samples_.begin(), samples_.begin() + count_,
                                       [](const Sample& s) { return s.is_given_up; });
}

void PendingSamples::Add(const Sample& sample) {
  if (count_ < kMost) samples_[count_++] = sample;
}

void PendingSamples::Remove(std::size_t i) {
  std::copy(samples_.begin() + i + 1, samples_.begin() + count_, samples_.begin() + i);
  --count_;
}

std::optional<PendingSamples::Sample> PendingSamples::Take(std::optional<std::uint64_t> sequence) {
  for (std::size_t i = 0; i < count_; ++i) {
    const Sample sample = samples_[i];
    if (sequence && sample.sequence != *sequence) continue;
    Remove(i);
    if (sample.is_given_up) return std::nullopt;
    return sample;
  }
  return std::nullopt;
}

std::optional<PendingSamples::Sample> PendingSamples::TakeExpired(std::uint64_t now_ms) {
  for (std::size_t i = 0; i < count_;) {
    Sample& sample = samples_[i];
    if (now_ms < sample.deadline_ms) {
      ++i;
    } else if (sample.is_given_up) {
      Remove(i);
    } else {
      sample.is_given_up = true;
      sample.deadline_ms = now_ms + kLateMs;
      return sample;
    }
  }
  return std::nullopt;
}

std::uint64_t PendingSamples::NextDeadline() const {
  std::uint64_t next = ~std::uint64_t{0};
  for (std::size_t i = 0; i < count_; ++i) next = std::min(next, samples_[i].deadline_ms);
  return next;
}

}  // namespace tinyfog::node
