#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/base/status.h"

namespace tinyfog::hal {

/// All in bytes. Sizes of units are powers of two; `size` is a multiple of `erase`, that of
/// `program`.
struct FlashGeometry {
  std::uint32_t size;
  std::uint32_t erase;    ///< unit that is erased at once
  std::uint32_t program;  ///< unit that is programmed at once
};

/// NOR flash: erasing sets a unit to 0xFF, programming clears bits of a unit that has not been
/// programmed since it was erased, not even in part. When the power fails in between, the unit in
/// work holds anything. Offsets count from the flash's start. One thread.
class Flash {
 public:
  virtual const FlashGeometry& geometry() const = 0;
  /// Errors: kOutOfRange behind the end.
  virtual Status Read(std::uint32_t offset, std::span<std::uint8_t> bytes) = 0;
  /// Programs whole units, one after the other. Errors: kInvalidArgument when not whole units;
  /// kOutOfRange; kFailedPrecondition when a unit is not erased; kDataLoss when what is read back
  /// differs; kUnavailable when the flash takes no more.
  virtual Status Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) = 0;
  /// Erases the unit that begins at `offset`. Errors: as of Program.
  virtual Status Erase(std::uint32_t offset) = 0;

 protected:
  ~Flash() = default;
};

}  // namespace tinyfog::hal
