#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/compile/compile.h"

namespace tinyfog::compile {

/// A microcontroller board as far as a model's fit depends on it.
struct Board {
  std::string_view name;    // "nucleo-l4r5zi"
  std::string_view target;  // "cortex-m4": see TargetNamed
  std::uint32_t clock_mhz;
  std::uint32_t flash_bytes;
  std::uint32_t ram_bytes;  // contiguous
  std::string_view what;    // "STM32L4R5, Cortex-M4F"
};

/// The emulated boards that the project runs on and common ones of each core, by their
/// manufacturers' data sheets.
std::span<const Board> Boards();
/// Null: there is no such board.
const Board* BoardNamed(std::string_view name);

/// What a compiled model takes of a board. Compiled for another target: meaningless.
struct Fit {
  std::uint64_t ram_bytes;     // the arena and what the interpreter takes of the stack
  std::uint64_t flash_bytes;   // the model and the code of the interpreter with the int8 kernels
  std::uint64_t instructions;  // an estimate, see StepReport
  double milliseconds;         // an estimate: instructions * cycles per instruction / clock
  bool fits;
};
Fit FitOn(const Board& board, const Compiled& compiled);

}  // namespace tinyfog::compile
