#include "tinyfog/node/pending_samples.h"

#include <algorithm>

#include "tinyfog/node/deadline.h"

namespace tinyfog::node {

bool PendingSamples::HasRoom(bool correlates) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (!correlates && !samples_[i].is_given_up) return false;
  }
  return count_ < kMost;
}

void PendingSamples::Add(const Sample& sample) {
  if (count_ < kMost) samples_[count_++] = sample;
}

void PendingSamples::Remove(std::size_t i) {
  std::copy(samples_.begin() + i + 1, samples_.begin() + count_, samples_.begin() + i);
  --count_;
}

bool PendingSamples::Take(std::uint64_t sequence, Sample& sample) {
  for (std::size_t i = 0; i < count_; ++i) {
    sample = samples_[i];
    if (sequence != 0 && sample.sequence != sequence) continue;
    Remove(i);
    return !sample.is_given_up;
  }
  return false;
}

bool PendingSamples::TakeExpired(std::uint32_t now, Sample& sample) {
  for (std::size_t i = 0; i < count_;) {
    Sample& waiting = samples_[i];
    if (MsUntil(waiting.deadline, now) > 0) {
      ++i;
    } else if (waiting.is_given_up) {
      Remove(i);
    } else {
      waiting.is_given_up = true;
      waiting.deadline = now + kLateMs;
      sample = waiting;
      return true;
    }
  }
  return false;
}

std::uint32_t PendingSamples::WaitMs(std::uint32_t now) const {
  std::uint32_t wait = kForever;
  for (std::size_t i = 0; i < count_; ++i) {
    wait = std::min(wait, MsUntil(samples_[i].deadline, now));
  }
  return wait;
}

}  // namespace tinyfog::node
