#pragma once

#include "tinyfog/node/flash_map.h"
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
inline constexpr node::FlashMap kNodeFlashMap{
    .firmware = kFlashMap,
    .model_slots = {0x220000, 0x2A0000},
    .model_slot_bytes = 0x80000,
    .model_journal = 0x320000,
    .update_journal = 0x322000,
    .node_state = 0x326000,
};
/// What an image may link beside its slot: nothing of the above is behind it.
inline constexpr std::uint32_t kFlashRest = 0x400000;

static_assert(kFlashMap.slot_a + kFlashMap.slot_bytes == kFlashMap.slot_b);
static_assert(kFlashMap.slot_b + kFlashMap.slot_bytes == kFlashMap.scratch);
static_assert(kFlashMap.journal + 2 * kFlashEraseBytes <= kNodeFlashMap.model_slots[0]);
static_assert(kNodeFlashMap.model_slots[0] + kNodeFlashMap.model_slot_bytes ==
              kNodeFlashMap.model_slots[1]);
static_assert(kNodeFlashMap.model_slots[1] + kNodeFlashMap.model_slot_bytes ==
              kNodeFlashMap.model_journal);
static_assert(kNodeFlashMap.model_journal + 2 * kFlashEraseBytes == kNodeFlashMap.update_journal);
static_assert(kNodeFlashMap.update_journal + 4 * kFlashEraseBytes == kNodeFlashMap.node_state);
static_assert(kNodeFlashMap.node_state + 2 * kFlashEraseBytes <= kFlashRest);

}  // namespace tinyfog::board
