#pragma once

#include <cstdint>

#include "tinyfog/boot/state.h"
#include "tinyfog/wire/model_package.h"

namespace tinyfog::node {

/// Where a node keeps things in its flash besides what the bootloader's layout names; offsets of
/// units that are erased at once. firmware/board/common/flash_map.h has the one of the boards and
/// of hosts.
struct FlashMap {
  boot::Layout firmware;
  /// A model slot's first kChunkBytes hold the manifest, the next ones the .tfm.
  std::uint32_t model_slots[2];
  std::uint32_t model_slot_bytes;
  std::uint32_t model_journal;   ///< two units
  std::uint32_t update_journal;  ///< four units: two for each kind of artifact
  std::uint32_t node_state;      ///< two units, of the agent
};

/// Bytes that a model slot has for a .tfm.
constexpr std::uint32_t ModelBytes(const FlashMap& map) {
  return map.model_slot_bytes - wire::kChunkBytes;
}

}  // namespace tinyfog::node
