#pragma once

#include <cstdint>

/// Times inside the node: the low 32 bits of the milliseconds that the owner counts. They start
/// again at zero after 49 days; what is less than 2^31 ms (24 days) apart is still told apart.
namespace tinyfog::node {

inline constexpr std::uint32_t kForever = 0xFFFFFFFF;  ///< as a wait: there is none
inline constexpr std::uint32_t kLongestMs = 0x7FFFFFFF;

/// How long to wait at `now` for `at`: 0 when it has come.
constexpr std::uint32_t MsUntil(std::uint32_t at, std::uint32_t now) {
  const auto left = static_cast<std::int32_t>(at - now);
  return left > 0 ? static_cast<std::uint32_t>(left) : 0;
}

/// The owner's time of the end of a wait that begins at `now_ms`; the largest number of kForever.
constexpr std::uint64_t EndOfWait(std::uint64_t now_ms, std::uint32_t wait_ms) {
  return wait_ms == kForever ? ~std::uint64_t{0} : now_ms + wait_ms;
}

}  // namespace tinyfog::node
