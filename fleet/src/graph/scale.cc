#include "tinyfog/graph/scale.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tinyfog::graph {

nn::Scale ScaleOf(double real) {
  if (!(real > 0)) return {0, 0};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  std::int64_t multiplier = std::llround(fraction * 2147483648.0);
  if (multiplier == std::int64_t{1} << 31) {
    multiplier /= 2;
    ++shift;
  }
  if (shift < -31) return {0, 0};
  if (shift > 30) return {std::numeric_limits<std::int32_t>::max(), 30};
  return {static_cast<std::int32_t>(multiplier), shift};
}

std::vector<nn::Scale> AccumulatorScales(const Tensor& input, const Tensor& filter,
                                         const Tensor& output, std::size_t channels,
                                         bool in_float) {
  std::vector<nn::Scale> scales;
  if (input.type == nn::Type::kFloat32) return scales;
  const std::vector<float>& filters = filter.quantization.scales;
  const float input_scale = input.quantization.scale();
  for (std::size_t i = 0; i < channels; ++i) {
    const float filter_scale = filters[filters.size() == 1 ? 0 : i];
    const double product = in_float && filters.size() == 1
                               ? double{input_scale * filter_scale}
                               : double{input_scale} * double{filter_scale};
    scales.push_back(ScaleOf(product / double{output.quantization.scale()}));
  }
  return scales;
}

nn::Scale RescaleOf(Op op, const Tensor& input, const Tensor& output) {
  const float from = input.quantization.scale();
  const float to = output.quantization.scale();
  return ScaleOf(op == Op::kQuantize ? double{from} / double{to} : double{from / to});
}

bool RescalesExactly(const Tensor& input, const Tensor& output) {
  return input.quantization.scales.size() == 1 && input.quantization.scale() > 0 &&
         input.quantization.scales == output.quantization.scales &&
         input.quantization.zero_points == output.quantization.zero_points;
}

SumScales SumScalesOf(float a, float b, float output, int left_shift) {
  const double units = static_cast<double>(1 << left_shift);
  const double twice = 2 * static_cast<double>(std::max(a, b));
  return {ScaleOf(double{a} / twice), ScaleOf(double{b} / twice),
          ScaleOf(twice / (units * double{output}))};
}

nn::Scale ProductScaleOf(float a, float b, float output) {
  return ScaleOf(double{a} * double{b} / double{output});
}

Activation ActivationOf(Op op) {
  switch (op) {
    case Op::kRelu:
      return Activation::kRelu;
    case Op::kRelu6:
      return Activation::kRelu6;
    case Op::kReluN1To1:
      return Activation::kReluN1To1;
    default:
      return Activation::kNone;
  }
}

std::int32_t LowestOf(nn::Type type) {
  switch (type) {
    case nn::Type::kInt8:
      return -128;
    case nn::Type::kInt16:
      return -32768;
    case nn::Type::kUint8:
    case nn::Type::kBool:
      return 0;
    default:
      return std::numeric_limits<std::int32_t>::min();
  }
}

std::int32_t HighestOf(nn::Type type) {
  switch (type) {
    case nn::Type::kInt8:
      return 127;
    case nn::Type::kInt16:
      return 32767;
    case nn::Type::kUint8:
      return 255;
    case nn::Type::kBool:
      return 1;
    default:
      return std::numeric_limits<std::int32_t>::max();
  }
}

std::int32_t Quantise(float real, const Tensor& tensor) {
  const double value =
      std::round(real / tensor.quantization.scale()) + tensor.quantization.zero_point();
  return static_cast<std::int32_t>(
      std::clamp(value, double(LowestOf(tensor.type)), double(HighestOf(tensor.type))));
}

namespace {

struct RealRange {
  float min;
  float max;
};

RealRange RangeOf(Activation activation) {
  constexpr float kHighest = std::numeric_limits<float>::max();
  switch (activation) {
    case Activation::kRelu:
      return {0, kHighest};
    case Activation::kRelu6:
      return {0, 6};
    case Activation::kReluN1To1:
      return {-1, 1};
    default:
      return {-kHighest, kHighest};
  }
}

}  // namespace

Clamp ClampOf(Activation activation, const Tensor& output) {
  const RealRange range = RangeOf(activation);
  if (output.type == nn::Type::kFloat32) {
    return {std::bit_cast<std::int32_t>(range.min), std::bit_cast<std::int32_t>(range.max)};
  }
  Clamp clamp = {LowestOf(output.type), HighestOf(output.type)};
  if (output.quantization.empty() || activation == Activation::kNone) return clamp;
  clamp.min = Quantise(range.min, output);
  if (activation != Activation::kRelu) clamp.max = Quantise(range.max, output);
  return clamp;
}

}  // namespace tinyfog::graph
