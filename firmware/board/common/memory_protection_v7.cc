#include "memory_protection.h"

// Source: Armv7-M Architecture Reference Manual, B3.5.
namespace tinyfog::board {
namespace {

volatile std::uint32_t& Register(std::uintptr_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}
constexpr std::uintptr_t kControl = 0xE000ED94;
constexpr std::uintptr_t kRegionNumber = 0xE000ED98;
constexpr std::uintptr_t kRegionBase = 0xE000ED9C;
constexpr std::uintptr_t kRegionAttributes = 0xE000EDA0;
constexpr std::uint32_t kOnWithBackground = 1 | 4;
constexpr std::uint32_t kNotExecutable = 1u << 28;
constexpr std::uint32_t kNormalMemory = 1u << 19;  // not cached
constexpr std::uint32_t kGuardBytes = 32;

std::uint32_t AccessBits(Access access) {
  constexpr std::uint32_t kBits[] = {0, 6, 3};
  return kBits[static_cast<std::uint32_t>(access)] << 24;
}

}  // namespace

void Protect(std::uint32_t number, const Region& region) {
  const std::uint32_t size = 30 - static_cast<std::uint32_t>(__builtin_clz(region.bytes));
  asm volatile("dsb" ::: "memory");
  Register(kRegionNumber) = number;
  Register(kRegionBase) = region.base;
  Register(kRegionAttributes) = (region.executable ? 0 : kNotExecutable) |
                                AccessBits(region.access) | kNormalMemory | size << 1 | 1;
  Register(kControl) = kOnWithBackground;
  asm volatile("dsb\n isb" ::: "memory");
}

void GuardNull(std::uint32_t bytes) { Protect(kRegions - 2, {0, bytes, Access::kNone, false}); }

void GuardStack(std::uintptr_t limit) {
  Protect(kRegions - 1, {limit, kGuardBytes, Access::kNone, false});
}

}  // namespace tinyfog::board
