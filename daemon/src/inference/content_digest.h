#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace tinyfog::inference {

using ContentDigest = std::array<std::uint8_t, 32>;

/// SHA-256.
ContentDigest DigestOf(std::span<const std::uint8_t> bytes);

}  // namespace tinyfog::inference
