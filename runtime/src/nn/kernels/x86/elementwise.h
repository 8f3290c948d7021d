#pragma once

#include "kernels/x86/inline.h"
#include "tinyfog/nn/kernels/pool.h"
#include "tinyfog/nn/kernels/x86.h"

/// ADD; and pools in plain loops, which the compiler makes vectors of in each variant's file: there
/// V only keeps the variants apart.
namespace tinyfog::nn::x86 {

template <class V>
void RunAdd(const X86AddParams& p, Memory memory) {
  using Int = typename V::Int;
  constexpr int kHalves = 16 / V::kLanes;
  const auto* a = memory.Read<std::int8_t>(p.a);
  const auto* b = memory.Read<std::int8_t>(p.b);
  auto* output = memory.Write<std::int8_t>(p.output);
  const Int a_scale = V::Set(__builtin_bit_cast(std::int32_t, p.a_scale));
  const Int b_scale = V::Set(__builtin_bit_cast(std::int32_t, p.b_scale));
  const Int offset = V::Set(__builtin_bit_cast(std::int32_t, p.offset));
  const auto clamp = V::ClampOf(p.clamp_min, p.clamp_max);
  const auto sixteen = [&](const std::int8_t* x, const std::int8_t* y, std::int8_t* to,
                           std::uint32_t count) __attribute__((always_inline)) {
    Int sums[kHalves];
#pragma GCC unroll 2
    for (int h = 0; h < kHalves; ++h) {
      sums[h] = V::Plane(V::Widen(x + h * V::kLanes), a_scale, V::Widen(y + h * V::kLanes), b_scale,
                         offset);
    }
    V::Store(to, sums, clamp, count);
  };
  std::uint32_t i = 0;
  for (; i + 16 <= p.count; i += 16) sixteen(a + i, b + i, output + i, 16);
  if (i == p.count) return;
  std::int8_t last[2][16] = {};
  __builtin_memcpy(last[0], a + i, p.count - i);
  __builtin_memcpy(last[1], b + i, p.count - i);
  sixteen(last[0], last[1], output + i, p.count - i);
}

/// The taps of one window that lie inside the map.
struct Taps {
  std::int32_t begin;
  std::int32_t end;
};
TINYFOG_INLINE Taps TapsInside(std::int32_t start, std::int32_t length, std::int32_t limit) {
  return {start < 0 ? 0 : start, start + length < limit ? start + length : limit};
}

/// Calls window(first value, rows, columns, output) for each output pixel.
template <class F>
TINYFOG_INLINE void ForEachWindow(const PoolParams& p, Memory memory, F window) {
  const auto* input = memory.Read<std::int8_t>(p.input);
  auto* output = memory.Write<std::int8_t>(p.output);
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::int32_t oy = 0; oy < p.output_height; ++oy) {
      for (std::int32_t ox = 0; ox < p.output_width; ++ox, output += p.channels) {
        const Taps y =
            TapsInside(oy * p.stride_height - p.pad_top, p.filter_height, p.input_height);
        const Taps x = TapsInside(ox * p.stride_width - p.pad_left, p.filter_width, p.input_width);
        const std::ptrdiff_t first =
            (static_cast<std::ptrdiff_t>(y.begin) * p.input_width + x.begin) * p.channels;
        window(input + first, y.end - y.begin, x.end - x.begin, output);
      }
    }
    input += std::size_t{p.input_height} * p.input_width * p.channels;
  }
}

/// `values` of up to 64 channels of each tap go through fold(accumulator, value).
template <class T, class F>
TINYFOG_INLINE void FoldTaps(const PoolParams& p, const std::int8_t* values, std::int32_t rows,
                             std::int32_t columns, std::uint32_t count, T (&folded)[64], F fold) {
  for (std::int32_t y = 0; y < rows; ++y, values += std::size_t{p.input_width} * p.channels) {
    const std::int8_t* tap = values;
    for (std::int32_t x = 0; x < columns; ++x, tap += p.channels) {
      if (count == 64) {
        for (int c = 0; c < 64; ++c) folded[c] = fold(folded[c], tap[c]);
      } else {
        for (std::uint32_t c = 0; c < count; ++c) folded[c] = fold(folded[c], tap[c]);
      }
    }
  }
}

template <class V>
void RunAveragePool(const PoolParams& p, Memory memory) {
  ForEachWindow(
      p, memory,
      [&](const std::int8_t* first, std::int32_t rows, std::int32_t columns, std::int8_t* output) {
        const std::int32_t taps = rows > 0 && columns > 0 ? rows * columns : 0;
        for (std::uint32_t c = 0; c < p.channels; c += 64) {
          const std::uint32_t count = Smaller(p.channels - c, 64);
          std::int32_t sums[64] = {};
          FoldTaps(p, first + c, rows, columns, count, sums,
                   [](std::int32_t sum, std::int8_t value) { return sum + value; });
          for (std::uint32_t i = 0; i < count; ++i) {
            std::int32_t average = p.clamp_min;
            if (taps != 0) {
              const std::int32_t size = (sums[i] > 0 ? sums[i] : -sums[i]) + taps / 2;
              // A quotient in float, cut off, is exact below 2^24: no rounding reaches the next
              // integer.
              const std::int32_t quotient =
                  taps <= 65536 ? static_cast<std::int32_t>(static_cast<float>(size) /
                                                            static_cast<float>(taps))
                                : size / taps;
              average = sums[i] > 0 ? quotient : -quotient;
              average = average < p.clamp_min ? p.clamp_min : average;
              average = average > p.clamp_max ? p.clamp_max : average;
            }
            output[c + i] = static_cast<std::int8_t>(average);
          }
        }
      });
}

template <class V>
void RunMaxPool(const PoolParams& p, Memory memory) {
  ForEachWindow(
      p, memory,
      [&](const std::int8_t* first, std::int32_t rows, std::int32_t columns, std::int8_t* output) {
        const bool is_empty = rows <= 0 || columns <= 0;
        for (std::uint32_t c = 0; c < p.channels; c += 64) {
          const std::uint32_t count = Smaller(p.channels - c, 64);
          std::int8_t highest[64];
          __builtin_memset(highest, -128, sizeof(highest));
          FoldTaps(p, first + c, rows, columns, count, highest,
                   [](std::int8_t most, std::int8_t value) { return value > most ? value : most; });
          for (std::uint32_t i = 0; i < count; ++i) {
            std::int32_t value = is_empty ? INT32_MIN : highest[i];
            value = value < p.clamp_min ? p.clamp_min : value;
            value = value > p.clamp_max ? p.clamp_max : value;
            output[c + i] = static_cast<std::int8_t>(value);
          }
        }
      });
}

}  // namespace tinyfog::nn::x86
