#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Why the processor was reset.
enum class ResetReason : std::uint32_t {
  kPowerOn = 0,
  kAsked = 1,     ///< by ResetNow
  kWatchdog = 2,  ///< or another reset that the firmware did not ask for
};

/// For the bootloader, first of all: what the last run left behind.
ResetReason ReadResetReason();
/// For the bootloader, before the firmware runs: hands the reason on, and from here on a reset
/// counts as the watchdog's.
void HandOn(ResetReason reason);
/// For the firmware: the reason that was handed on.
ResetReason HandedReason();
/// Resets processor and board.
[[noreturn]] void ResetNow();

/// Starts the watchdog, which resets the board unless it is fed within the time.
void StartWatchdog(std::uint32_t milliseconds);
void FeedWatchdog();

}  // namespace tinyfog::board
