#pragma once

#include <cstddef>
#include <cstdint>

#include "tinyfog/boot/boot.h"
#include "tinyfog/boot/record_log.h"
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

/// What a service does with the caller's flash; each as hal::Flash has it, a Status as its number.
/// `flash` is what came with the functions.
struct FlashFunctions {
  const hal::FlashGeometry* (*geometry)(void* flash);
  std::uint32_t (*read)(void* flash, std::uint32_t offset, std::uint8_t* data, std::uint32_t bytes);
  std::uint32_t (*program)(void* flash, std::uint32_t offset, const std::uint8_t* data,
                           std::uint32_t bytes);
  std::uint32_t (*erase)(void* flash, std::uint32_t offset);
};

/// The functions keep nothing, write only what they are handed, and take at most 2.5 KB of the
/// caller's stack. They need no interrupts and may not be interrupted by each other. Where nothing
/// else is said, they are the functions of the same name, a Status as its number, a bool as 0 or 1.
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

  std::uint32_t (*read_header)(const std::uint8_t* data, std::uint32_t bytes, std::uint32_t limit,
                               CheckedImage* image);
  std::uint32_t (*read_tlvs)(const std::uint8_t* data, std::uint32_t bytes, CheckedImage* image);
  void (*read_image)(void* flash, const FlashFunctions* functions, std::uint32_t offset,
                     std::uint32_t limit, CheckedImage* image);

  std::uint32_t (*open_log)(void* flash, const FlashFunctions* functions, LogPosition* log,
                            std::uint8_t* value, std::uint32_t bytes);
  std::uint32_t (*write_log)(void* flash, const FlashFunctions* functions, LogPosition* log,
                             const std::uint8_t* value, std::uint32_t bytes);

  std::uint32_t (*read_state)(void* flash, const FlashFunctions* functions, const Layout* layout,
                              State* state);
  std::uint32_t (*request_update)(void* flash, const FlashFunctions* functions,
                                  const Layout* layout, std::uint32_t permanent);
  std::uint32_t (*confirm_update)(void* flash, const FlashFunctions* functions,
                                  const Layout* layout);
};

inline constexpr std::uint32_t kServiceEntries =
    (sizeof(Services) - offsetof(Services, sha256_begin)) / sizeof(void*);

// The structures that both sides look into stay as they are. One that has to change for other
// reasons gets a copy of its present self here.
static_assert(offsetof(CheckedImage, header) == 4 && offsetof(CheckedImage, tlvs) == 24 &&
              offsetof(CheckedImage, total_bytes) == 196 && sizeof(CheckedImage) == 200);
static_assert(offsetof(wire::ImageHeader, version) == 12 && sizeof(wire::ImageHeader) == 20);
static_assert(offsetof(wire::ImageTlvs, digest) == 37 && offsetof(wire::ImageTlvs, key_hash) == 69);
static_assert(offsetof(wire::ImageTlvs, signature) == 101 &&
              offsetof(wire::ImageTlvs, bytes) == 168);
static_assert(sizeof(LogPosition) == 24 && sizeof(State) == 24 && offsetof(State, step) == 4 &&
              sizeof(Layout) == 20 && sizeof(hal::FlashGeometry) == 12);

/// Whether the bootloader offers all that this image uses. An image that brings its own code
/// instead always says so. Before anything else of the services is used: without them it would
/// jump to anywhere.
bool HasServices();

}  // namespace tinyfog::boot
