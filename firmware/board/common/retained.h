#pragma once

#include <cstdint>

#include "fault.h"

namespace tinyfog::board {

/// Why the processor was reset.
enum class ResetReason : std::uint32_t {
  kPowerOn = 0,
  kAsked = 1,     ///< by the firmware
  kWatchdog = 2,  ///< or another reset that the firmware did not ask for
  kFault = 3,
};

/// For the bootloader, first of all: what the last run left behind.
ResetReason ReadResetReason();
/// For the bootloader, before the firmware runs: hands the reason on, and from here on a reset
/// counts as the watchdog's.
void HandOn(ResetReason reason);
/// For the firmware: the reason that was handed on.
ResetReason HandedReason();
/// Resets processor and board.
[[noreturn]] void ResetNow(ResetReason reason = ResetReason::kAsked);

/// Keeps a fault over the reset.
void KeepFault(const Fault& fault);
/// The fault that ended the last run, once; false when none did.
bool TakeFault(Fault& fault);

/// Starts the watchdog, which resets the board unless it is fed within the time.
void StartWatchdog(std::uint32_t milliseconds);
void FeedWatchdog();

}  // namespace tinyfog::board
