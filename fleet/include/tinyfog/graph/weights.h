#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// The values of a constant int8 or 4-bit filter. Precondition: constant.
std::vector<std::int8_t> WeightsOf(const Tensor& filter);

/// The constant of a filter with these values: two to a byte if `four_bit`.
std::vector<std::uint8_t> PackWeights(const std::vector<std::int8_t>& weights, bool four_bit);

}  // namespace tinyfog::graph
