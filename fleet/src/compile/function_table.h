#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "tinyfog/graph/graph.h"

namespace tinyfog::compile {

/// The function's quantised values for the int8 inputs -128 to 127, as TFLM computes them: nothing
/// for operators that are not such a function.
std::optional<std::array<std::int8_t, 256>> FunctionTable(graph::Op op, const graph::Tensor& input,
                                                          const graph::Tensor& output);

/// 256 values of 65536 * sigmoid(i / 24), as nn::Lookup16Params wants them.
std::vector<std::uint16_t> SigmoidTable16();

}  // namespace tinyfog::compile
