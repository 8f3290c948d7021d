#pragma once

#include <chrono>
#include <cstdint>

namespace tinyfog::fleet {

/// The gateway as keeper of its site's nodes. Of several gateways of one site only one may be.
struct Options {
  bool enabled = true;
  std::uint32_t max_nodes = 10'000;  ///< known at once; 1..100,000
  /// After the last node that asks for an artifact, before its chunks are published.
  std::chrono::milliseconds gather{1000};
  std::uint32_t window = 16;                   ///< publications not yet acknowledged; 1..256
  std::uint64_t bytes_per_second = 512 << 10;  ///< of chunks; 0: no limit
};

}  // namespace tinyfog::fleet
