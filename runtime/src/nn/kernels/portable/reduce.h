#pragma once

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/reduce.h"

namespace tinyfog::nn::portable {

/// Calls f(offset) for each index of up to four dimensions.
template <class F>
void ForEachIndex(const std::uint32_t (&dimensions)[4], const std::uint32_t (&strides)[4], F f) {
  for (std::uint32_t i = 0; i < dimensions[0]; ++i) {
    for (std::uint32_t j = 0; j < dimensions[1]; ++j) {
      for (std::uint32_t k = 0; k < dimensions[2]; ++k) {
        const std::uint32_t row = i * strides[0] + j * strides[1] + k * strides[2];
        for (std::uint32_t l = 0; l < dimensions[3]; ++l) f(row + l * strides[3]);
      }
    }
  }
}

/// The highest, or for kMinimum the lowest, value of a group.
template <class T>
T Extreme(const ReduceParams& p, const T* group) {
  const bool minimum = p.op == ReduceOp::kMinimum;
  T best = *group;
  ForEachIndex(p.reduced, p.reduced_strides, [&](std::uint32_t offset) {
    const T value = group[offset];
    if (minimum ? value < best : value > best) best = value;
  });
  return best;
}

template <class T>
T RescaledSum(const ReduceParams& p, const T* group) {
  constexpr std::int32_t kLowest = sizeof(T) == 1 ? -128 : -32768;
  std::int32_t sum = 0;
  ForEachIndex(p.reduced, p.reduced_strides, [&](std::uint32_t offset) {
    sum = WrapAdd(sum, WrapSub(group[offset], p.zero_point));
  });
  const std::int32_t value = WrapAdd(Rescale(sum, p.multiplier, p.shift), p.output_offset);
  return static_cast<T>(ClampTo(value, kLowest, -kLowest - 1));
}

template <class T>
void ReduceInteger(const ReduceParams& p, Memory memory) {
  const T* input = memory.Read<T>(p.input);
  T* output = memory.Write<T>(p.output);
  const bool sums = p.op == ReduceOp::kSum || p.op == ReduceOp::kMean;
  ForEachIndex(p.kept, p.kept_strides, [&](std::uint32_t offset) {
    *output++ = sums ? RescaledSum(p, input + offset) : Extreme(p, input + offset);
  });
}

}  // namespace tinyfog::nn::portable
