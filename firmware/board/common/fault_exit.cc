#include "fault.h"
#include "semihosting.h"

// Ends the emulation: for images that run under a test alone.
namespace tinyfog::board {

void OnFault(const Fault& fault) {
  constexpr std::int32_t kFaultCode = 3;
  PrintFault(fault);
  Exit(kFaultCode);
}

}  // namespace tinyfog::board
