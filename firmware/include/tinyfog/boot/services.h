#pragma once

#include <cstdint>

#include "tinyfog/boot/trust.h"

/// What the bootloader does for the firmware beside it, so that its code is in flash once: a table
/// at a fixed place of the bootloader's memory. A bootloader in the field is never changed, and
/// runs firmware that is newer and older than itself. So the table only grows: entries are appended
/// and counted, what an entry does, takes and lends stays. Called as the procedure call standard of
/// Arm has it, in plain types. firmware/boot/README.md has the rules.
namespace tinyfog::boot {

/// Where the table is, from the start of the bootloader's memory. What is before are vectors.
inline constexpr std::uint32_t kServicesOffset = 0x100;
inline constexpr std::uint32_t kServicesMagic = 0x53424654;  // "TFBS"
/// The memory of a SHA-256, aligned to 8 bytes.
inline constexpr std::uint32_t kSha256ContextBytes = 112;

/// The functions keep nothing, write only what they are handed, and take at most 1.5 KB of the
/// caller's stack. They need no interrupts and may not be interrupted by each other.
struct Services {
  std::uint32_t magic;
  std::uint32_t entries;  ///< functions that follow

  /// SHA-256 of `bytes` that come in pieces. Finish ends it, whatever is in the context then.
  void (*sha256_begin)(void* context);
  void (*sha256_add)(void* context, const std::uint8_t* data, std::uint32_t bytes);
  void (*sha256_finish)(void* context, std::uint8_t* digest);
  /// 1 when `signature` is the key's of the digest by ECDSA over P-256; else 0, also when `bytes`
  /// of `memory` are fewer than 3072. The memory holds anything behind the call.
  std::uint32_t (*is_good_p256)(const std::uint8_t* key, const std::uint8_t* digest,
                                const std::uint8_t* signature, void* memory, std::uint32_t bytes);
};

/// Whether the bootloader offers all that this image uses. An image that brings its own code
/// instead always says so. Before anything else of the services is used: without them it would
/// jump to anywhere.
bool HasServices();

}  // namespace tinyfog::boot
