#pragma once

#include <cstdint>

/// The memory protection unit; linked as the processor has it (Armv7-M or Armv8-M). What no region
/// names keeps the processor's default.
namespace tinyfog::board {

enum class Access : std::uint8_t { kNone, kReadOnly, kReadWrite };

/// Base and size suit both architectures: the size is a power of two of at least 32, the base a
/// multiple of it. Regions do not overlap, but on Armv7-M, where the higher number wins.
struct Region {
  std::uintptr_t base;
  std::uint32_t bytes;
  Access access;  ///< Armv8-M knows no kNone: read-only there
  bool executable;
};

inline constexpr std::uint32_t kRegions = 8;

/// Sets one of kRegions and turns protection on. Faults take the hard fault's vector.
void Protect(std::uint32_t number, const Region& region);

/// Makes the processor fault when something goes through a null pointer, to the first `bytes` (a
/// power of two, at least 32): by the last region but one on Armv7-M. Armv8-M cannot.
void GuardNull(std::uint32_t bytes);

/// Makes the processor fault when the stack would grow below `limit` (a multiple of 32): by the
/// last region on Armv7-M, by the stack's limit register on Armv8-M.
void GuardStack(std::uintptr_t limit);

}  // namespace tinyfog::board
