#pragma once

#include "kernels/x86/words.h"
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

/// sums[c] += the sum of channel c over the taps, for 16 * kVectors channels.
template <class V, int kVectors>
TINYFOG_INLINE void SumTaps(const PoolParams& p, const std::int8_t* values, std::int32_t rows,
                            std::int32_t columns, std::int32_t* sums) {
  constexpr std::int32_t kMost = 255;  // values whose sum fits 16 bits
  for (std::int32_t y = 0; y < rows; ++y, values += std::size_t{p.input_width} * p.channels) {
    const std::int8_t* tap = values;
    for (std::int32_t left = columns; left > 0;) {
      const std::int32_t count = left < kMost ? left : kMost;
      Words<V> words[kVectors];
      for (std::int32_t x = 0; x < count; ++x, tap += p.channels) {
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v) words[v].Add(tap + 16 * v);
      }
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) words[v].AddTo(sums + 16 * v);
      left -= count;
    }
  }
}

/// Averages away from zero, clamped.
TINYFOG_INLINE void Averages(const PoolParams& p, const std::int32_t (&sums)[64], std::int32_t taps,
                             std::int8_t (&averages)[64]) {
  const auto all = [&](auto divide) __attribute__((always_inline)) {
    for (int i = 0; i < 64; ++i) {
      const std::int32_t sum = sums[i];
      const std::int32_t quotient = divide((sum > 0 ? sum : -sum) + taps / 2);
      std::int32_t average = sum > 0 ? quotient : -quotient;
      average = average < p.clamp_min ? p.clamp_min : average;
      average = average > p.clamp_max ? p.clamp_max : average;
      averages[i] = static_cast<std::int8_t>(average);
    }
  };
  if (taps <= 65536) {
    // A quotient in float, cut off, is exact below 2^24: no rounding reaches the next integer.
    const auto divisor = static_cast<float>(taps);
    all([=](std::int32_t size) __attribute__((always_inline)) {
      return static_cast<std::int32_t>(static_cast<float>(size) / divisor);
    });
  } else {
    all([=](std::int32_t size) __attribute__((always_inline)) { return size / taps; });
  }
}

template <class V>
void RunAveragePool(const PoolParams& p, Memory memory) {
  ForEachWindow(
      p, memory,
      [&](const std::int8_t* first, std::int32_t rows, std::int32_t columns, std::int8_t* output) {
        const std::int32_t taps = rows > 0 && columns > 0 ? rows * columns : 0;
        if (taps == 0) {
          __builtin_memset(output, p.clamp_min, p.channels);
          return;
        }
        // Whole rows are one.
        if (columns == p.input_width) {
          columns = taps;
          rows = 1;
        }
        for (std::uint32_t c = 0; c < p.channels;) {
          // The last vector may begin before the end of the one before.
          const std::uint32_t left = p.channels - c;
          if (left < 16 && c > 0) c = p.channels - 16;
          std::int32_t sums[64] = {};
          std::uint32_t count = 16;
          if (left >= 64) {
            SumTaps<V, 4>(p, first + c, rows, columns, sums);
            count = 64;
          } else if (p.channels >= 16) {
            SumTaps<V, 1>(p, first + c, rows, columns, sums);
          } else {
            FoldTaps(p, first + c, rows, columns, left, sums,
                     [](std::int32_t sum, std::int8_t value) { return sum + value; });
            count = left;
          }
          std::int8_t averages[64];
          Averages(p, sums, taps, averages);
          if (count == 64) {
            __builtin_memcpy(output + c, averages, 64);
          } else if (count == 16) {
            __builtin_memcpy(output + c, averages, 16);
          } else {
            __builtin_memcpy(output + c, averages, count);
          }
          c += count;
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
