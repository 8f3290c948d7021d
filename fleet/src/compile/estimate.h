#pragma once

#include <cstdint>

#include "tinyfog/nn/opcode.h"

namespace tinyfog::compile {

/// About how many instructions a kernel executes on the core that it is made for (the generic ones:
/// Cortex-M4): so many for each multiplication, so many for each element of the output. The table
/// holds round figures from tests/bench/run cortex-m; expect them to be right within a quarter for
/// large layers and too small for tiny ones.
std::uint64_t EstimateOf(nn::Opcode kernel, std::uint64_t macs, std::uint64_t outputs);

}  // namespace tinyfog::compile
