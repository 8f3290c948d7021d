#pragma once

#include <array>
#include <optional>

#include "tinyfog/graph/graph.h"

namespace tinyfog::compile {

/// The function's quantised values for the int8 inputs -128 to 127, as TFLM computes them: nothing
/// for operators that are not such a function.
std::optional<std::array<std::int8_t, 256>> FunctionTable(graph::Op op, const graph::Tensor& input,
                                                          const graph::Tensor& output);

}  // namespace tinyfog::compile
