#pragma once

#include "tinyfog/boot/state.h"

namespace tinyfog::board {

/// Offsets in the external flash. Its first unit is written at provisioning: the words "TFP1", the
/// trusted key (x, y), and the CRC-32 of the key.
inline constexpr std::uint32_t kFlashEraseBytes = 4096;
inline constexpr std::uint32_t kFlashProgramBytes = 16;
inline constexpr std::uint32_t kProvisioning = 0;
inline constexpr std::uint32_t kProvisioningMagic = 0x31504654;
inline constexpr boot::Layout kFlashMap{
    .slot_a = 0x10000,
    .slot_b = 0x110000,
    .slot_bytes = 0x100000,
    .scratch = 0x210000,
    .journal = 0x211000,
};

}  // namespace tinyfog::board
