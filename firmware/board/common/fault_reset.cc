#include "fault.h"
#include "retained.h"

// Starts again, and keeps what is known for the next start: for firmware under the bootloader.
namespace tinyfog::board {

void OnFault(const Fault& fault) {
  constexpr std::uint32_t kWatchdogWarning = 2;
  PrintFault(fault);
  KeepFault(fault);
  ResetNow(fault.exception == kWatchdogWarning ? ResetReason::kWatchdog : ResetReason::kFault);
}

}  // namespace tinyfog::board
