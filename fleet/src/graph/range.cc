#include "range.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace tinyfog::graph {
namespace {

constexpr double kLargest = std::numeric_limits<float>::max();

}  // namespace

void Range::Widen(double value) {
  low = std::min(low, value);
  high = std::max(high, value);
}

bool HasRange(const Tensor& tensor) {
  return tensor.type == nn::Type::kFloat32 || (tensor.type == nn::Type::kInt8 && !tensor.four_bit);
}

Range FullRangeOf(const Tensor& tensor) {
  if (tensor.type == nn::Type::kFloat32) return {-kLargest, kLargest};
  return {-128, 127};
}

bool AreFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

Range BoundsOf(Activation activation, const Tensor& output) {
  const Clamp clamp = ClampOf(activation, output);
  if (output.type != nn::Type::kFloat32) {
    return {static_cast<double>(clamp.min), static_cast<double>(clamp.max)};
  }
  return {std::bit_cast<float>(clamp.min), std::bit_cast<float>(clamp.max)};
}

double Clamped(double value, const Range& bounds) {
  return std::clamp(value, bounds.low, std::max(bounds.low, bounds.high));
}

Range Requantised(const Range& accumulator, nn::Scale scale, double zero_point,
                  const Range& bounds) {
  const double limit = std::numeric_limits<std::int32_t>::max() >> std::max(scale.shift, 0);
  if (accumulator.low < -limit || accumulator.high > limit) return {-128, 127};
  const auto value = [&](double x) {
    return Clamped(nn::Rescale(static_cast<std::int32_t>(x), scale) + zero_point, bounds);
  };
  return {value(accumulator.low), value(accumulator.high)};
}

Range Rounded(const Range& sum, double terms, double magnitude, const Range& bounds) {
  // A sum's bound is 2^-24 for each term; the rest is for kernels that transform what they add.
  constexpr double kRounding = 1.0 / (1 << 20);
  constexpr double kSmallest = std::numeric_limits<float>::min();  // flushed to zero
  const double slack = terms * (kRounding * magnitude + kSmallest);
  const Range wide = {sum.low - slack, sum.high + slack};
  if (wide.low >= kLargest || wide.high <= -kLargest) return bounds;
  return {Clamped(wide.low, bounds), Clamped(wide.high, bounds)};
}

}  // namespace tinyfog::graph
