#pragma once

#include "tinyfog/graph/graph.h"

namespace tinyfog::compile {

/// RandomGraph(seed) in float32: the same structure, weights so small that values stay below 100 or
/// so, biases that are small or so far out that what bounded values bring cannot reach the other
/// side. Operators whose steepness would make errors of rounding large are replaced or left out.
graph::Graph RandomFloatGraph(std::uint32_t seed);

}  // namespace tinyfog::compile
