#pragma once

#include <cstdint>

namespace tinyfog::node {

/// Delays between attempts: each about twice the one before, up to a limit, and each a random value
/// between half and the whole, so that nodes which lost the same broker do not come back together.
class Backoff {
 public:
  Backoff(std::uint32_t shortest_ms, std::uint32_t longest_ms, std::uint32_t seed)
      : shortest_ms_(shortest_ms), longest_ms_(longest_ms), random_(seed | 1) {}

  std::uint32_t NextMs() {
    std::uint64_t whole = std::uint64_t{shortest_ms_} << step_;
    if (whole >= longest_ms_) {
      whole = longest_ms_;
    } else {
      ++step_;
    }
    // Source: Marsaglia, "Xorshift RNGs" (2003).
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    const auto half = static_cast<std::uint32_t>(whole / 2);
    return half + random_ % (half + 1);
  }
  void Reset() { step_ = 0; }

 private:
  std::uint32_t shortest_ms_;
  std::uint32_t longest_ms_;
  std::uint32_t random_;
  std::uint32_t step_ = 0;
};

}  // namespace tinyfog::node
