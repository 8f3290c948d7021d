#pragma once

#include <functional>
#include <optional>

#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// What ADD, SUB, MUL, MAXIMUM or MINIMUM of int8 or float32 does to two values, exactly as its
/// kernel; monotone in either operand. Nothing for other operators and types, missing quantisation
/// and scales whose products could overflow.
using BinaryFunction = std::function<double(double, double)>;
std::optional<BinaryFunction> BinaryOf(const Graph& graph, const Node& node);

}  // namespace tinyfog::graph
