#pragma once

#include <cstdint>

#include "tinyfog/nn/opcode.h"

namespace tinyfog::compile {

/// About how many instructions a kernel executes on the core that it is made for (the generic ones:
/// Cortex-M4): so many for each tap (a multiplication, or a value under a pool's window), so many
/// for each element of the output. The fast kernels' figures are what the bench's profile of the
/// four reference models gives (tests/bench/cortex_m), right within a tenth for those in whole; the
/// generic ones' are guesses. A kernel that becomes faster wants its line changed.
std::uint64_t EstimateOf(nn::Opcode kernel, std::uint64_t taps, std::uint64_t outputs);

}  // namespace tinyfog::compile
