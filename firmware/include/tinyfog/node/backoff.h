#pragma once

#include <algorithm>
#include <cstdint>

namespace tinyfog::node {

/// Delays between attempts: each about twice the one before, up to a limit, and each a random value
/// between half and the whole, so that nodes which lost the same broker do not come back together.
class Backoff {
 public:
  Backoff(std::uint32_t shortest_ms, std::uint32_t longest_ms, std::uint32_t seed)
      : shortest_ms_(shortest_ms),
        longest_ms_(longest_ms),
        whole_ms_(shortest_ms),
        random_(seed | 1) {}

  std::uint32_t NextMs() {
    const std::uint32_t half = std::min(whole_ms_, longest_ms_) / 2;
    whole_ms_ = whole_ms_ > longest_ms_ / 2 ? longest_ms_ : 2 * whole_ms_;
    // Source: Marsaglia, "Xorshift RNGs" (2003).
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return half + random_ % (half + 1);
  }
  void Reset() { whole_ms_ = shortest_ms_; }

 private:
  std::uint32_t shortest_ms_;
  std::uint32_t longest_ms_;
  std::uint32_t whole_ms_;
  std::uint32_t random_;
};

}  // namespace tinyfog::node
