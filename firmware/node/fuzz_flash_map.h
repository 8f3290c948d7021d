#pragma once

#include "tinyfog/node/flash_map.h"

/// The flash of the fuzz targets' nodes: slots of two units for firmware, models of two chunks.
namespace tinyfog::node::testing {

inline constexpr std::uint32_t kUnit = 4096;
inline constexpr std::uint32_t kFlashBytes = 21 * kUnit;
inline constexpr FlashMap kFuzzMap{
    .firmware = {.slot_a = 0,
                 .slot_b = 2 * kUnit,
                 .slot_bytes = 2 * kUnit,
                 .scratch = 4 * kUnit,
                 .journal = 5 * kUnit},
    .model_slots = {7 * kUnit, 10 * kUnit},
    .model_slot_bytes = 3 * kUnit,
    .model_journal = 13 * kUnit,
    .update_journal = 15 * kUnit,
    .node_state = 19 * kUnit,
};

}  // namespace tinyfog::node::testing
