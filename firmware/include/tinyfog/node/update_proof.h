#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "tinyfog/boot/image.h"
#include "tinyfog/hal/platform.h"
#include "tinyfog/nn/operator_table.h"
#include "tinyfog/node/flash_map.h"
#include "tinyfog/wire/node_messages.h"

namespace tinyfog::node {

struct UpdaterConfig {
  FlashMap map;
  boot::Trust trust;
  const std::uint8_t* mapped;  ///< where the flash's offset 0 is in memory: models run in place
  nn::Target target;
  nn::OperatorTable operators;
  std::span<std::uint8_t> arena;  ///< for golden tests and the running model alike
  bool has_bootloader = true;     ///< false: firmware is refused
  /// The node starts because it had no power, as far as is known: then a firmware that was tested
  /// when that happened may try again.
  bool lost_power = false;
  /// Its watchdog is fed between the pieces of what Open does; null: nothing is.
  hal::Platform* platform = nullptr;
};

/// Why an artifact is not taken. For most reasons with the number that it needs or names, and what
/// this node has or allows.
struct Objection {
  wire::UpdateReason reason = wire::UpdateReason::kNone;
  std::uint32_t needs = 0;
  std::uint32_t has = 0;

  explicit operator bool() const { return reason != wire::UpdateReason::kNone; }
};

wire::UpdateReason ReasonOf(boot::Refusal refusal);

/// Whether a model may be taken: reads the manifest at the start of `proof` and checks, from cheap
/// to dear, sizes, hardware, target, runtime, operators, arena, that the security counter is at
/// least `counter`, the key and the signature.
Objection CheckModelProof(const UpdaterConfig& config, std::uint32_t counter, wire::Bytes proof,
                          wire::ModelManifest& manifest);

/// The same for a firmware of `bytes` bytes. What it says of hardware and counter is not signed
/// until the image is there.
Objection CheckFirmwareProof(const UpdaterConfig& config, std::uint32_t counter,
                             std::uint32_t bytes, wire::Bytes proof, boot::CheckedImage& read);
/// Of a firmware's TLVs: hardware, counter, key and signature.
Objection CheckFirmwareTlvs(const UpdaterConfig& config, std::uint32_t counter,
                            const wire::ImageTlvs& tlvs);

}  // namespace tinyfog::node
