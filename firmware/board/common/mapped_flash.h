#pragma once

#include "tinyfog/hal/flash.h"

namespace tinyfog::board {

/// The board's external memory as NOR flash. It is RAM in the emulator: the rules are kept here,
/// and the memory protection unit, of which it takes region kFlashRegion, lets nobody else write.
/// What stands before slot A cannot be written at all: kOutOfRange. One per image.
inline constexpr std::uint32_t kFlashRegion = 0;
class MappedFlash final : public hal::Flash {
 public:
  /// Turns the protection on.
  MappedFlash();
  const hal::FlashGeometry& geometry() const override { return geometry_; }
  Status Read(std::uint32_t offset, std::span<std::uint8_t> bytes) override;
  Status Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) override;
  Status Erase(std::uint32_t offset) override;

 private:
  hal::FlashGeometry geometry_;
};

}  // namespace tinyfog::board
