#pragma once

#include <bit>
#include <type_traits>

#include "kernels/portable/arithmetic.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::nn::portable {

template <class T>
T FinishProduct(const BatchMatmulParams& p, float sum) {
  return ClampTo(sum, std::bit_cast<float>(p.clamp_min), std::bit_cast<float>(p.clamp_max));
}
template <class T>
T FinishProduct(const BatchMatmulParams& p, std::uint32_t sum) {
  const std::int32_t value = Rescale(static_cast<std::int32_t>(sum), p.multiplier, p.shift);
  return static_cast<T>(ClampTo(WrapAdd(value, p.output_zero_point), p.clamp_min, p.clamp_max));
}
template <class T>
T FinishProduct(const BatchMatmulParams& p, std::uint64_t sum) {
  const std::int32_t value = Rescale64(static_cast<std::int64_t>(sum), p.multiplier, p.shift);
  return static_cast<T>(ClampTo(WrapAdd(value, p.output_zero_point), p.clamp_min, p.clamp_max));
}

template <class T, class Sum>
void BatchMatmul(const BatchMatmulParams& p, Memory memory) {
  const std::uint32_t* batch_x = memory.Read<std::uint32_t>(p.batch_x);
  const std::uint32_t* batch_w = memory.Read<std::uint32_t>(p.batch_w);
  T* output = memory.Write<T>(p.output);
  const std::uint32_t x_row = p.transpose_x ? 1 : p.depth;
  const std::uint32_t x_step = p.transpose_x ? p.rows : 1;
  const std::uint32_t w_column = p.transpose_w ? p.depth : 1;
  const std::uint32_t w_step = p.transpose_w ? 1 : p.columns;
  for (std::uint32_t b = 0; b < p.batch_count; ++b) {
    const T* x = memory.Read<T>(p.x) + ClampTo(batch_x[b], 0u, p.x_elements - p.rows * p.depth);
    const T* w = memory.Read<T>(p.w) + ClampTo(batch_w[b], 0u, p.w_elements - p.depth * p.columns);
    for (std::uint32_t m = 0; m < p.rows; ++m) {
      for (std::uint32_t n = 0; n < p.columns; ++n) {
        Sum sum = 0;
        for (std::uint32_t k = 0; k < p.depth; ++k) {
          const T a = x[m * x_row + k * x_step];
          const T c = w[n * w_column + k * w_step];
          if constexpr (std::is_same_v<T, float>) {
            sum += a * c;
          } else {
            const std::int64_t product = std::int64_t{a - p.x_zero_point} * (c - p.w_zero_point);
            sum += static_cast<Sum>(product);
          }
        }
        *output++ = FinishProduct<T>(p, sum);
      }
    }
  }
}

}  // namespace tinyfog::nn::portable
