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

/// What RELU, RELU6, RELU_N1_TO_1 (ratio in float32) and QUANTIZE multiply x - zero_point by.
nn::Scale RescaleOf(Op op, const Tensor& input, const Tensor& output);

/// Whether values move between the two by x - zero_point + zero_point: one scale, the same.
bool RescalesExactly(const Tensor& input, const Tensor& output);

/// What the operands of ADD and SUB, each shifted left first, and their sum are multiplied by.
/// Source: TFLM add_common.cc, sub_common.cc.
struct SumScales {
  nn::Scale a;
  nn::Scale b;
  nn::Scale output;
};
SumScales SumScalesOf(float a, float b, float output, int left_shift);
/// The left shift before ADD and SUB.
inline constexpr int kSumShiftInt8 = 20;
inline constexpr int kSumShiftInt16 = 15;

/// What the product of MUL is multiplied by.
nn::Scale ProductScaleOf(float a, float b, float output);

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
/// The activation that RELU, RELU6 and RELU_N1_TO_1 are; kNone for others.
Activation ActivationOf(Op op);
/// The fused activation's bounds: in the output's quantised values, or a float's bits.
Clamp ClampOf(Activation activation, const Tensor& output);

}  // namespace tinyfog::graph
