#pragma once

#include <cstdint>
#include <span>

namespace tinyfog {

/// CRC-32 of IEEE 802.3 (zlib's): reflected 0xEDB88320, start and final XOR all ones.
/// `previous` continues an earlier call's result.
std::uint32_t Crc32(std::span<const std::uint8_t> bytes, std::uint32_t previous = 0);

}  // namespace tinyfog
