#pragma once

#include "kernels/x86/tile_float.h"

/// CONV_2D and FULLY_CONNECTED of floats over a vector type R.
namespace tinyfog::nn::x86 {

template <class R>
TINYFOG_INLINE float* CopyFloats(const float* from, std::size_t count, float* to) {
  std::size_t i = 0;
  for (; i + R::kLanes <= count; i += R::kLanes) R::Store(to + i, R::Load(from + i));
  for (; i < count; ++i) to[i] = from[i];
  return to + count;
}

template <class R>
TINYFOG_INLINE float* FillZeros(std::size_t count, float* to) {
  const auto zeros = R::Set(0);
  std::size_t i = 0;
  for (; i + R::kLanes <= count; i += R::kLanes) R::Store(to + i, zeros);
  for (; i < count; ++i) to[i] = 0;
  return to + count;
}

/// The padded inputs of `rows` output rows from `first` on, one map's.
template <class R>
void PadFloats(const X86FloatMaps& p, const float* input, std::uint32_t first, std::uint32_t rows,
               float* to) {
  const std::size_t width = static_cast<std::size_t>(p.RowFloats());
  const std::size_t left = std::size_t{p.pad_left} * p.input_channels;
  const std::size_t row = std::size_t{p.input_width} * p.input_channels;
  const std::size_t copied = width - left < row ? width - left : row;
  const std::uint32_t count = (rows - 1) * p.stride_height + p.kernel_height;
  for (std::uint32_t i = 0; i < count; ++i) {
    // Wraps to a large number above the map.
    const std::uint32_t y = first * p.stride_height + i - p.pad_top;
    if (y < p.input_height) {
      to = FillZeros<R>(left, to);
      to = CopyFloats<R>(input + y * row, copied, to);
      to = FillZeros<R>(width - left - copied, to);
    } else {
      to = FillZeros<R>(width, to);
    }
  }
}

template <class R>
void RunConvFloat(const X86FloatConvParams& params, Memory memory) {
  const X86FloatMaps& p = params.maps;
  const auto* input = memory.Read<float>(p.input);
  auto* output = memory.Write<float>(p.output);
  const bool is_inside = p.is_inside();
  const std::size_t row =
      is_inside ? std::size_t{p.input_width} * p.input_channels : std::size_t(p.RowFloats());
  const std::uint32_t values = std::uint32_t{p.kernel_width} * p.input_channels;
  const FloatBand band{row,
                       std::size_t{p.stride_width} * p.input_channels,
                       values,
                       p.kernel_height,
                       std::size_t{p.kernel_height} * values * 16,
                       p.output_channels,
                       p.clamp_min,
                       p.clamp_max};
  // A pointwise convolution is the same over one long row.
  const bool is_row = is_inside && p.kernel_height == 1 && p.kernel_width == 1 &&
                      p.stride_height == 1 && p.stride_width == 1 &&
                      p.output_width == p.input_width;
  const std::uint32_t height = is_row ? 1 : p.output_height;
  const std::uint32_t width =
      is_row ? std::uint32_t{p.output_height} * p.output_width : std::uint32_t{p.output_width};
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::uint32_t y = 0; y < height; y += params.band_rows) {
      const std::uint32_t rows = Smaller(params.band_rows, height - y);
      const float* from = input + y * p.stride_height * row;
      if (!is_inside) {
        float* padded = memory.Write<float>(p.scratch);
        PadFloats<R>(p, input, y, rows, padded);
        from = padded;
      }
      const auto* weights = memory.Read<float>(p.weights);
      const auto* bias = memory.Read<float>(p.bias);
      float* to = output;
      ForBlocks<R, true>(p.output_channels, width,
                         [&](auto run, std::uint32_t blocks, std::uint32_t count) {
                           for (std::uint32_t i = 0; i < rows; ++i) {
                             run(band, width, from + i * p.stride_height * row, weights, bias,
                                 to + std::size_t{i} * width * p.output_channels, count);
                           }
                           weights += blocks * band.block_floats;
                           bias += 16 * blocks;
                           to += 16 * blocks;
                         });
      output += std::size_t{rows} * width * p.output_channels;
    }
    input += std::size_t{p.input_height} * p.input_width * p.input_channels;
  }
}

/// kVectors vectors of outputs; inputs go in turn to kTurns sums of each.
template <class R, int kVectors>
TINYFOG_INLINE void DensePanel(const float* input, std::uint32_t inputs, const float* weights,
                               const float* bias, const X86FloatDenseParams& p, float* output,
                               std::uint32_t count) {
  using Real = typename R::Real;
  constexpr int kTurns = kVectors < 8 ? 8 / kVectors : 1;
  constexpr int kRow = kVectors * R::kLanes;
  Real sums[kTurns][kVectors];
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) {
    sums[0][v] = R::Load(bias + v * R::kLanes);
#pragma GCC unroll 8
    for (int t = 1; t < kTurns; ++t) sums[t][v] = R::Set(0);
  }
  std::uint32_t k = 0;
  for (; k + kTurns <= inputs; k += kTurns) {
#pragma GCC unroll 8
    for (int t = 0; t < kTurns; ++t) {
      const Real value = R::Set(input[k + t]);
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; ++v) {
        sums[t][v] = R::Fma(value, R::Load(weights + t * kRow + v * R::kLanes), sums[t][v]);
      }
    }
    weights += kTurns * kRow;
  }
  for (; k < inputs; ++k, weights += kRow) {
    const Real value = R::Set(input[k]);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; ++v) {
      sums[0][v] = R::Fma(value, R::Load(weights + v * R::kLanes), sums[0][v]);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < kVectors; ++v) {
    Real sum = sums[0][v];
#pragma GCC unroll 8
    for (int t = 1; t < kTurns; ++t) sum = R::Add(sum, sums[t][v]);
    sum = R::AtMost(R::AtLeast(sum, R::Set(p.clamp_min)), R::Set(p.clamp_max));
    const std::uint32_t before = static_cast<std::uint32_t>(v * R::kLanes);
    if (count > before) R::Store(output + before, sum, Smaller(count - before, R::kLanes));
  }
}

template <class R, int kBlocks>
TINYFOG_INLINE void DenseTail(std::uint32_t blocks, const float* input, std::uint32_t inputs,
                              const float* weights, const float* bias, const X86FloatDenseParams& p,
                              float* output, std::uint32_t count) {
  if constexpr (kBlocks > 0) {
    if (blocks == kBlocks) {
      DensePanel<R, kBlocks * 16 / R::kLanes>(input, inputs, weights, bias, p, output, count);
    } else {
      DenseTail<R, kBlocks - 1>(blocks, input, inputs, weights, bias, p, output, count);
    }
  }
}

template <class R>
void RunDenseFloat(const X86FloatDenseParams& p, Memory memory) {
  constexpr std::uint32_t kPanel = X86FloatDenseParams::kPanel;
  const auto* weights = memory.Read<float>(p.weights);
  const auto* bias = memory.Read<float>(p.bias);
  const auto* input = memory.Read<float>(p.input);
  auto* output = memory.Write<float>(p.output);
  for (std::uint32_t n = 0; n < p.batches; ++n, input += p.inputs, output += p.outputs) {
    for (std::uint32_t first = 0; first < p.outputs; first += 16 * kPanel) {
      const std::uint32_t count = Smaller(p.outputs - first, 16 * kPanel);
      DenseTail<R, kPanel>(X86Blocks(count), input, p.inputs,
                           weights + std::size_t{first} * p.inputs, bias + first, p, output + first,
                           count);
    }
  }
}

}  // namespace tinyfog::nn::x86
