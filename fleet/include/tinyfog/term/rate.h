#pragma once

#include <chrono>
#include <cmath>

namespace tinyfog::term {

/// Events per second, averaged over the last few seconds with exponentially falling weight. The
/// clock enters by argument and must not run backwards.
class RateMeter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Tick(Time now) {
    if (!started_) {
      started_ = true;
      first_ = last_ = now;
      return;  // one event has no rate
    }
    sum_ = sum_ * Decay(now - last_) + 1;
    last_ = now;
  }
  double PerSecond(Time now) const {
    const double seen = 1 - Decay(now - first_);
    return started_ && seen > 0 ? sum_ * Decay(now - last_) / (kSpan * seen) : 0;
  }

 private:
  static constexpr double kSpan = 3;  // seconds
  static double Decay(std::chrono::steady_clock::duration d) {
    return std::exp(-std::chrono::duration<double>(d).count() / kSpan);
  }
  bool started_ = false;
  Time first_{}, last_{};
  double sum_ = 0;
};

}  // namespace tinyfog::term
