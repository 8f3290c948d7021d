#include "memory_protection.h"

// Source: Armv8-M Architecture Reference Manual, D1.2 (MPU_CTRL to MPU_MAIR0).
namespace tinyfog::board {
namespace {

volatile std::uint32_t& Register(std::uintptr_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}
constexpr std::uintptr_t kControl = 0xE000ED94;
constexpr std::uintptr_t kRegionNumber = 0xE000ED98;
constexpr std::uintptr_t kRegionBase = 0xE000ED9C;
constexpr std::uintptr_t kRegionLimit = 0xE000EDA0;
constexpr std::uintptr_t kMemoryTypes = 0xE000EDC0;
constexpr std::uint32_t kOnWithBackground = 1 | 4;
constexpr std::uint32_t kNotExecutable = 1;
constexpr std::uint32_t kReadOnly = 2u << 1;
constexpr std::uint32_t kNormalMemory = 0x44;  // of type 0: not cached

}  // namespace

void Protect(std::uint32_t number, const Region& region) {
  const std::uint32_t access = region.access == Access::kReadWrite ? 0 : kReadOnly;
  asm volatile("dsb" ::: "memory");
  Register(kMemoryTypes) = kNormalMemory;
  Register(kRegionNumber) = number;
  Register(kRegionBase) = region.base | access | (region.executable ? 0 : kNotExecutable);
  Register(kRegionLimit) = (region.base + region.bytes - 32) | 1;
  Register(kControl) = kOnWithBackground;
  asm volatile("dsb\n isb" ::: "memory");
}

void GuardNull(std::uint32_t) {}

void GuardStack(std::uintptr_t limit) { asm volatile("msr msplim, %0" ::"r"(limit)); }

}  // namespace tinyfog::board
