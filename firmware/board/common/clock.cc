#include "clock.h"

#include "board.h"

namespace tinyfog::board {
namespace {

volatile std::uint32_t& Register(std::uintptr_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

// Source: Arm application note 386, FPGAIO: an up-counter behind a prescaler.
constexpr std::uintptr_t kCounter = kFpgaIo + 0x18;
constexpr std::uintptr_t kPrescaler = kFpgaIo + 0x1C;

// Source: Armv7-M Architecture Reference Manual, B3.2 to B3.4.
constexpr std::uintptr_t kTickControl = 0xE000E010;
constexpr std::uintptr_t kTickReload = 0xE000E014;
constexpr std::uintptr_t kTickValue = 0xE000E018;
constexpr std::uint32_t kTickOn = 7;  // processor's clock, interrupt, enabled
constexpr std::uintptr_t kInterruptState = 0xE000ED04;
constexpr std::uint32_t kClearTick = 1u << 25;
constexpr std::uintptr_t kEnable = 0xE000E100 + kEthernetInterrupt / 32 * 4;
constexpr std::uintptr_t kClearPending = 0xE000E280 + kEthernetInterrupt / 32 * 4;
constexpr std::uint32_t kEthernetBit = 1u << kEthernetInterrupt % 32;

constexpr std::uint64_t kLongestSleepMs = 500;  // the tick counts 24 bits

std::uint32_t g_last = 0;  // count that is in the next two
std::uint32_t g_us = 0;    // below a millisecond
std::uint64_t g_ms = 0;

}  // namespace

void StartClock() {
  asm volatile("cpsid i");
  Register(kPrescaler) = kClockHz / 1000000 - 1;
  Register(kCounter) = 0;
  Register(kEnable) = kEthernetBit;
}

std::uint32_t NowUs() { return Register(kCounter); }

std::uint64_t NowMs() {
  const std::uint32_t now = NowUs();
  // In two steps, for divisions of 32 bits.
  const std::uint32_t passed = now - g_last;
  const std::uint32_t us = g_us + passed % 1000;
  g_ms += passed / 1000 + us / 1000;
  g_us = us % 1000;
  g_last = now;
  return g_ms;
}

void SleepUntil(std::uint64_t deadline_ms) {
  const std::uint64_t now = NowMs();
  if (deadline_ms <= now) return;
  const std::uint64_t wait_ms =
      deadline_ms - now < kLongestSleepMs ? deadline_ms - now : kLongestSleepMs;
  Register(kTickReload) = static_cast<std::uint32_t>(wait_ms) * (kClockHz / 1000) - 1;
  Register(kTickValue) = 0;
  Register(kTickControl) = kTickOn;
  asm volatile("dsb\n wfi" ::: "memory");
  Register(kTickControl) = 0;
  Register(kInterruptState) = kClearTick;
  Register(kClearPending) = kEthernetBit;
}

}  // namespace tinyfog::board
