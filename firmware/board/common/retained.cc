#include "retained.h"

#include "board.h"

namespace tinyfog::board {
namespace {

volatile std::uint32_t& Register(std::uintptr_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

// The last 64 bytes of RAM, which the linker scripts of bootloader and firmware leave out.
struct Retained {
  std::uint32_t magic;
  std::uint32_t next;    // the reason, should the processor be reset now
  std::uint32_t handed;  // the reason of the last reset
  std::uint32_t fault_magic;
  Fault fault;
};
constexpr std::uintptr_t kRetained = kRam + kRamBytes - 64;
constexpr std::uint32_t kMagic = 0x52464F47, kFaultMagic = 0x4641554C;
volatile Retained& Kept() { return *reinterpret_cast<volatile Retained*>(kRetained); }

// Source: Arm Cortex-M System Design Kit, "APB watchdog". Its first expiry is an NMI, its second
// the reset.
constexpr std::uintptr_t kLoad = kWatchdog, kControl = kWatchdog + 8, kClear = kWatchdog + 12;
constexpr std::uintptr_t kLock = kWatchdog + 0xC00;
constexpr std::uint32_t kUnlock = 0x1ACCE551;

// Source: Armv7-M Architecture Reference Manual, B3.2.6.
constexpr std::uintptr_t kResetControl = 0xE000ED0C;
constexpr std::uint32_t kRequestReset = 0x05FA0004;

}  // namespace

ResetReason ReadResetReason() {
  if (Kept().magic != kMagic || Kept().next > 3) return ResetReason::kPowerOn;
  return static_cast<ResetReason>(Kept().next);
}

void HandOn(ResetReason reason) {
  Kept().handed = static_cast<std::uint32_t>(reason);
  Kept().next = static_cast<std::uint32_t>(ResetReason::kWatchdog);
  Kept().magic = kMagic;
}

ResetReason HandedReason() { return static_cast<ResetReason>(Kept().handed); }

void ResetNow(ResetReason reason) {
  Kept().next = static_cast<std::uint32_t>(reason);
  asm volatile("dsb" ::: "memory");
  Register(kResetControl) = kRequestReset;
  while (true) asm volatile("");
}

void KeepFault(const Fault& fault) {
  volatile Fault& kept = Kept().fault;
  kept.exception = fault.exception;
  kept.pc = fault.pc;
  kept.lr = fault.lr;
  kept.status = fault.status;
  kept.address = fault.address;
  Kept().fault_magic = kFaultMagic;
}

bool TakeFault(Fault& fault) {
  if (Kept().magic != kMagic || Kept().fault_magic != kFaultMagic) return false;
  Kept().fault_magic = 0;
  const volatile Fault& kept = Kept().fault;
  fault = {kept.exception, kept.pc, kept.lr, kept.status, kept.address};
  return true;
}

void StartWatchdog(std::uint32_t milliseconds) {
  Register(kLock) = kUnlock;
  Register(kLoad) = milliseconds * (kWatchdogHz / 1000) / 2;
  Register(kControl) = 3;  // interrupt and reset
  Register(kLock) = 0;
}

void FeedWatchdog() {
  Register(kLock) = kUnlock;
  Register(kClear) = 1;
  Register(kLock) = 0;
}

}  // namespace tinyfog::board
