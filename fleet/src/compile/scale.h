#pragma once

#include <cstdint>

#include "tinyfog/graph/graph.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::compile {

/// The fixed-point form of a real multiplier. Source: TFLite QuantizeMultiplier.
nn::Scale ScaleOf(double real);

/// The range of an integer type.
std::int32_t LowestOf(nn::Type type);
std::int32_t HighestOf(nn::Type type);

/// round(real / scale) + zero_point, within the type.
std::int32_t Quantise(float real, const graph::Tensor& tensor);

struct Clamp {
  std::int32_t min;
  std::int32_t max;
};
/// The fused activation's bounds: in the output's quantised values, or a float's bits.
Clamp ClampOf(graph::Activation activation, const graph::Tensor& output);

}  // namespace tinyfog::compile
