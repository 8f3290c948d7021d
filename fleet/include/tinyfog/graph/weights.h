#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// The values of a constant int8 or 4-bit filter. Precondition: constant.
std::vector<std::int8_t> WeightsOf(const Tensor& filter);

/// The values of a constant int8, 4-bit or float32 tensor: a float holds each of them exactly.
/// Precondition: constant and one of these.
std::vector<float> ValuesOf(const Tensor& tensor);

/// The bytes of a constant of the tensor's type with these values, the inverse of ValuesOf.
std::vector<std::uint8_t> BytesOf(const std::vector<float>& values, const Tensor& tensor);

}  // namespace tinyfog::graph
