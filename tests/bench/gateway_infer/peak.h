#pragma once

#include "tinyfog/nn/x86.h"

namespace tinyfog::bench {

/// Products of this core per second, in 10^9, when operands and sums stay in registers.
struct Peak {
  double int8 = 0;
  double real = 0;
};

/// Zeros for emulated kernels and for what the machine lacks.
Peak MeasurePeak(nn::X86Isa isa);

}  // namespace tinyfog::bench
