#include "tinyfog/compile/board.h"

#include <algorithm>

namespace tinyfog::compile {
namespace {

constexpr std::uint32_t kKilobyte = 1024;
constexpr std::uint32_t kMegabyte = 1024 * kKilobyte;

constexpr Board kBoards[] = {
    {"mps2-an386", "cortex-m4", 25, 4 * kMegabyte, 4 * kMegabyte, "emulated, Cortex-M4F"},
    {"mps2-an500", "cortex-m7", 25, 4 * kMegabyte, 4 * kMegabyte, "emulated, Cortex-M7"},
    {"mps2-an505", "cortex-m33", 20, 4 * kMegabyte, 4 * kMegabyte, "emulated, Cortex-M33"},
    {"mps3-an547", "cortex-m55", 32, 512 * kKilobyte, 512 * kKilobyte, "emulated, Cortex-M55"},
    {"nrf52840-dk", "cortex-m4", 64, kMegabyte, 256 * kKilobyte, "nRF52840, Cortex-M4F"},
    {"nucleo-f446re", "cortex-m4", 180, 512 * kKilobyte, 128 * kKilobyte, "STM32F446, Cortex-M4F"},
    {"nucleo-l4r5zi", "cortex-m4", 120, 2 * kMegabyte, 640 * kKilobyte, "STM32L4R5, Cortex-M4F"},
    {"nucleo-u575zi", "cortex-m33", 160, 2 * kMegabyte, 768 * kKilobyte, "STM32U575, Cortex-M33"},
    {"nucleo-h743zi", "cortex-m7", 480, 2 * kMegabyte, 512 * kKilobyte, "STM32H743, Cortex-M7"},
};

// Cycles for an instruction of the tuned kernels, flash wait states included. Cortex-M4: the model
// of tests/bench/cortex_m says 1.2 and silicon takes 1.17 times as many as it; M33 and M7 from the
// ratio of published results of one engine on the three cores; M55: no measurement, half of the
// vector instructions taken to overlap.
double CyclesPerInstruction(std::string_view target) {
  if (target == "cortex-m7") return 0.9;
  if (target == "cortex-m33") return 1.3;
  if (target == "cortex-m55") return 1.5;
  return 1.4;
}

// Interpreter and int8 kernels, rounded up from tests/bench/run cortex-m; a model with more kinds
// of operators takes more.
constexpr std::uint64_t kCodeBytes = 14 * kKilobyte;
constexpr std::uint64_t kStackBytes = kKilobyte;

}  // namespace

std::span<const Board> Boards() { return kBoards; }

const Board* BoardNamed(std::string_view name) {
  const auto* board = std::ranges::find(kBoards, name, &Board::name);
  return board == std::end(kBoards) ? nullptr : board;
}

Fit FitOn(const Board& board, const Compiled& compiled) {
  Fit fit{};
  fit.ram_bytes = compiled.arena_bytes + kStackBytes;
  fit.flash_bytes = compiled.tfm.size() + kCodeBytes;
  for (const StepReport& step : compiled.steps) fit.instructions += step.instructions;
  fit.milliseconds = static_cast<double>(fit.instructions) * CyclesPerInstruction(board.target) /
                     (1000.0 * board.clock_mhz);
  fit.fits = fit.ram_bytes <= board.ram_bytes && fit.flash_bytes <= board.flash_bytes;
  return fit;
}

}  // namespace tinyfog::compile
