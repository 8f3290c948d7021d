#pragma once

#include <cstdint>
#include <span>

namespace tinyfog::boot {

/// What checking one signature takes, on a board.
inline constexpr std::size_t kSignatureMemoryBytes = 4096;

/// For boards, where there is no heap: memory for all that mbedTLS does in this image, once and
/// before the first of it.
void UseCryptoMemory(std::span<std::uint8_t> memory);

}  // namespace tinyfog::boot
