#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace tinyfog::mqtt {

/// Waiting times between attempts: uniform in [0, min * 2^n], capped at max ("full jitter", so that
/// thousands of clients that lost the same broker do not come back together).
class Backoff {
 public:
  Backoff(std::chrono::milliseconds min, std::chrono::milliseconds max, std::uint64_t seed)
      : min_(std::max(min, std::chrono::milliseconds(1))),
        max_(std::max(max, min_)),
        random_(seed) {}

  std::chrono::milliseconds Next() {
    const auto cap = std::min<std::int64_t>(min_.count() << std::min(attempt_, 20u), max_.count());
    ++attempt_;
    return std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, cap)(random_));
  }
  void Reset() { attempt_ = 0; }

 private:
  const std::chrono::milliseconds min_;
  const std::chrono::milliseconds max_;
  std::mt19937_64 random_;
  unsigned attempt_ = 0;
};

}  // namespace tinyfog::mqtt
