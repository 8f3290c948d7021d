#pragma once

#include "tinyfog/boot/state.h"
#include "tinyfog/wire/provisioning.h"

/// Where things are in a node's flash, as offsets: the same on every board and in a host's file.
/// Units are what is erased at once. wire/provisioning.h has what provisioning writes.
namespace tinyfog::board {

inline constexpr std::uint32_t kFlashEraseBytes = 4096;
inline constexpr std::uint32_t kFlashProgramBytes = 16;
inline constexpr std::uint32_t kFlashBytes = wire::kNodeFlashBytes;

inline constexpr boot::Layout kFlashMap{
    .slot_a = wire::kFirmwareSlot,
    .slot_b = 0x110000,
    .slot_bytes = 0x100000,
    .scratch = 0x210000,
    .journal = 0x211000,
};

/// A model slot's first unit holds the manifest, the next ones the .tfm.
inline constexpr std::uint32_t kModelSlots[2] = {0x220000, 0x2A0000};
inline constexpr std::uint32_t kModelSlotBytes = 0x80000;
inline constexpr std::uint32_t kModelJournal = 0x320000;   ///< two units
inline constexpr std::uint32_t kUpdateJournal = 0x322000;  ///< four units
inline constexpr std::uint32_t kNodeState = 0x326000;      ///< two units
inline constexpr std::uint32_t kCrashRecord = 0x328000;    ///< one unit
/// What an image may link beside its slot: nothing of the above is behind it.
inline constexpr std::uint32_t kFlashRest = 0x400000;

static_assert(kFlashMap.slot_a + kFlashMap.slot_bytes == kFlashMap.slot_b);
static_assert(kFlashMap.slot_b + kFlashMap.slot_bytes == kFlashMap.scratch);
static_assert(kFlashMap.journal + 2 * kFlashEraseBytes <= kModelSlots[0]);
static_assert(kModelSlots[1] + kModelSlotBytes == kModelJournal);
static_assert(kCrashRecord + kFlashEraseBytes <= kFlashRest);

}  // namespace tinyfog::board
