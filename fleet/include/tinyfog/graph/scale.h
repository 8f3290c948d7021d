#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/graph/graph.h"
#include "tinyfog/nn/fixed_point.h"

/// The arithmetic of quantised tensors that passes and lowerings share.
namespace tinyfog::graph {

/// The fixed-point form of a real multiplier. Source: TFLite QuantizeMultiplier.
nn::Scale ScaleOf(double real);

/// What an accumulator of CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV or FULLY_CONNECTED is
/// multiplied by, for each output channel; empty for float. Precondition: the filter has one scale
/// or `channels` many. Source: TFLite PopulateConvolutionQuantizationParams and, for
/// FULLY_CONNECTED, GetQuantizedConvolutionMultipler: without a bias and with one scale the product
/// is taken in float32 (`in_float`).
std::vector<nn::Scale> AccumulatorScales(const Tensor& input, const Tensor& filter,
                                         const Tensor& output, std::size_t channels,
                                         bool in_float = false);

/// The range of an integer type.
std::int32_t LowestOf(nn::Type type);
std::int32_t HighestOf(nn::Type type);

/// round(real / scale) + zero_point, within the type.
std::int32_t Quantise(float real, const Tensor& tensor);

struct Clamp {
  std::int32_t min;
  std::int32_t max;
  bool operator==(const Clamp&) const = default;
};
/// The fused activation's bounds: in the output's quantised values, or a float's bits.
Clamp ClampOf(Activation activation, const Tensor& output);

}  // namespace tinyfog::graph
