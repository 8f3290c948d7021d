#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tinyfog/hal/flash.h"

namespace tinyfog::board {

/// NOR flash that is strict about its rules, for tests: the first breach stays in violation(). Each
/// erased or programmed unit is one operation; the power can be made to fail at any of them, which
/// leaves the unit with contents drawn from a seed (none of it done, some bits, all of it) and the
/// flash dead until PowerUp. A unit whose programming was cut counts as programmed, even where it
/// still reads 0xFF, and one whose erasing was cut as not erased.
class NorFlash final : public hal::Flash {
 public:
  explicit NorFlash(hal::FlashGeometry geometry);

  const hal::FlashGeometry& geometry() const override { return geometry_; }
  Status Read(std::uint32_t offset, std::span<std::uint8_t> bytes) override;
  Status Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) override;
  Status Erase(std::uint32_t offset) override;

  /// The power fails at the operation after `operations` more; `seed` draws what that one leaves.
  void CutAfter(std::uint64_t operations, std::uint32_t seed);
  /// Power is back; no cut is planned.
  void PowerUp();
  bool has_power() const { return has_power_; }

  /// The contents, as mapped into memory; also without power.
  const std::uint8_t* data() const { return bytes_.data(); }
  /// Operations begun since construction.
  std::uint64_t operations() const { return operations_; }
  /// How often the unit that holds `offset` has been erased.
  std::uint32_t wear(std::uint32_t offset) const { return wear_[offset / geometry_.erase]; }
  /// The first breach of a rule, "" if there was none.
  const std::string& violation() const { return violation_; }

 private:
  bool Begin();
  std::uint32_t Random();
  void Tear(std::span<std::uint8_t> unit, std::span<const std::uint8_t> wanted);
  Status Breach(Status status, const char* what, std::uint32_t offset);

  hal::FlashGeometry geometry_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::uint8_t> erased_;  // by unit of programming
  std::vector<std::uint32_t> wear_;
  std::string violation_;
  std::uint64_t operations_ = 0;
  std::uint64_t cut_at_ = UINT64_MAX;
  std::uint32_t random_ = 1;
  bool has_power_ = true;
};

}  // namespace tinyfog::board
