#pragma once

#include <cstdint>

namespace tinyfog::board {

/// What is known when the processor cannot go on. Source: Armv7-M Architecture Reference Manual,
/// B3.2.15 (CFSR) to B3.2.18.
struct Fault {
  std::uint32_t exception;  ///< number; 2 is the watchdog's warning
  std::uint32_t pc;         ///< 0 with lr when the stack did not take them
  std::uint32_t lr;
  std::uint32_t status;   ///< CFSR
  std::uint32_t address;  ///< BFAR; means something when the status says so
};

/// What an image does then; each links fault_exit.cc or fault_reset.cc. Runs on a stack of its own.
[[noreturn]] void OnFault(const Fault& fault);
void PrintFault(const Fault& fault);

}  // namespace tinyfog::board
