#pragma once

#include <functional>
#include <optional>

#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// What int8 ADD, SUB, MUL, MAXIMUM or MINIMUM does to two values, exactly as its kernel; monotone
/// in either operand. Nothing for other operators and types, missing quantisation and scales whose
/// products could overflow.
using BinaryFunction = std::function<std::int32_t(std::int32_t, std::int32_t)>;
std::optional<BinaryFunction> BinaryOf(const Graph& graph, const Node& node);

}  // namespace tinyfog::graph
