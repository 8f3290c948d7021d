#pragma once

#include <cstdint>
#include <span>

namespace tinyfog::boot {

/// What is to be lent for checking signatures, on a board. 1.8 KB are used; the rest is for
/// bootloaders to come, as firmware in the field lends this much and no more.
inline constexpr std::size_t kSignatureMemoryBytes = 3072;

/// For boards, where there is no heap: memory for all that mbedTLS does in this image, once and
/// before the first of it.
void UseCryptoMemory(std::span<std::uint8_t> memory);

}  // namespace tinyfog::boot
