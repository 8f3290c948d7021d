#pragma once

#include "kernels/x86/conv_float.h"

/// DEPTHWISE_CONV_2D of floats over a vector type R.
namespace tinyfog::nn::x86 {

/// Outputs of one row that are read and written in vectors.
struct FloatColumns {
  std::size_t row_step;     // floats between two input rows
  std::size_t tap_step;     // ... between the inputs of two neighbouring taps
  std::size_t column_step;  // ... between the inputs of two neighbouring vectors
  std::size_t output_step;
  std::uint32_t kernel_height;
  std::uint32_t kernel_width;
  float clamp_min;
  float clamp_max;
};

/// kColumns vectors, `count` values in each. kSize: kernel height and width, 0: any.
template <class R, int kColumns, int kSize>
TINYFOG_INLINE void DepthwiseTile(const FloatColumns& c, const float* input, const float* weights,
                                  const float* bias, float* output, std::uint32_t count) {
  using Real = typename R::Real;
  const std::uint32_t height = kSize != 0 ? kSize : c.kernel_height;
  const std::uint32_t width = kSize != 0 ? kSize : c.kernel_width;
  Real sums[kColumns];
  const Real start = R::Load(bias);
#pragma GCC unroll 16
  for (int i = 0; i < kColumns; ++i) sums[i] = start;
#pragma GCC unroll 4
  for (std::uint32_t ky = 0; ky < height; ++ky) {
    const float* tap = input + ky * c.row_step;
#pragma GCC unroll 4
    for (std::uint32_t kx = 0; kx < width; ++kx) {
      const Real weight = R::Load(weights);
#pragma GCC unroll 16
      for (int i = 0; i < kColumns; ++i) {
        sums[i] = R::Fma(R::Load(tap + i * c.column_step), weight, sums[i]);
      }
      weights += 16;
      tap += c.tap_step;
    }
  }
  const Real least = R::Set(c.clamp_min);
  const Real most = R::Set(c.clamp_max);
#pragma GCC unroll 16
  for (int i = 0; i < kColumns; ++i) {
    const Real value = R::AtMost(R::AtLeast(sums[i], least), most);
    float* to = output + i * c.output_step;
    count == R::kLanes ? R::Store(to, value) : R::Store(to, value, count);
  }
}

template <class R, int kColumns, int kSize>
TINYFOG_INLINE void DepthwiseTail(std::uint32_t columns, const FloatColumns& c, const float* input,
                                  const float* weights, const float* bias, float* output,
                                  std::uint32_t count) {
  if constexpr (kColumns > 0) {
    if (columns == kColumns) {
      DepthwiseTile<R, kColumns, kSize>(c, input, weights, bias, output, count);
    } else {
      DepthwiseTail<R, kColumns - 1, kSize>(columns, c, input, weights, bias, output, count);
    }
  }
}

template <class R, int kSize>
void DepthwiseRow(const FloatColumns& c, std::uint32_t columns, const float* input,
                  const float* weights, const float* bias, float* output, std::uint32_t count) {
  std::uint32_t tiles = (columns + R::kColumns - 1) / R::kColumns;
  while (tiles > 0) {
    const std::uint32_t tile = (columns + tiles - 1) / tiles;
    DepthwiseTail<R, R::kColumns, kSize>(tile, c, input, weights, bias, output, count);
    input += tile * c.column_step;
    output += tile * c.output_step;
    columns -= tile;
    --tiles;
  }
}

/// All channels of one row of outputs.
template <class R>
TINYFOG_INLINE void DepthwiseChannels(const X86FloatDepthwiseParams& params, FloatColumns c,
                                      const float* input, const float* weights, const float* bias,
                                      float* output) {
  const X86FloatMaps& p = params.maps;
  constexpr std::uint32_t kLanes = R::kLanes;
  const bool is_three = p.kernel_height == 3 && p.kernel_width == 3;
  const auto row = is_three ? DepthwiseRow<R, 3> : DepthwiseRow<R, 0>;
  if (params.is_folded()) {
    const std::uint32_t floats = std::uint32_t{p.output_width} * p.output_channels;
    const std::uint32_t whole = floats / kLanes * kLanes;
    c.column_step = c.output_step = kLanes;
    row(c, floats / kLanes, input, weights, bias, output, kLanes);
    if (whole < floats) row(c, 1, input + whole, weights, bias, output + whole, floats - whole);
    return;
  }
  const std::size_t block_floats = std::size_t{p.kernel_height} * p.kernel_width * 16;
  for (std::uint32_t first = 0; first < p.output_channels; first += kLanes) {
    row(c, p.output_width, input + first, weights + first / 16 * block_floats + first % 16,
        bias + first, output + first, Smaller(p.output_channels - first, kLanes));
  }
}

template <class R>
void RunDepthwiseFloat(const X86FloatDepthwiseParams& params, Memory memory) {
  const X86FloatMaps& p = params.maps;
  const auto* input = memory.Read<float>(p.input);
  const auto* weights = memory.Read<float>(p.weights);
  const auto* bias = memory.Read<float>(p.bias);
  auto* output = memory.Write<float>(p.output);
  const bool is_in_place = params.is_in_place();
  const std::size_t row =
      is_in_place ? std::size_t{p.input_width} * p.input_channels : std::size_t(p.RowFloats());
  const FloatColumns columns{row,
                             p.input_channels,
                             std::size_t{p.stride_width} * p.input_channels,
                             p.output_channels,
                             p.kernel_height,
                             p.kernel_width,
                             p.clamp_min,
                             p.clamp_max};
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::uint32_t y = 0; y < p.output_height; y += params.band_rows) {
      const std::uint32_t rows = Smaller(params.band_rows, p.output_height - y);
      const float* from = input + y * p.stride_height * row;
      if (!is_in_place) {
        float* padded = memory.Write<float>(p.scratch);
        PadFloats<R>(p, input, y, rows, padded);
        from = padded;
      }
      for (std::uint32_t i = 0; i < rows; ++i) {
        DepthwiseChannels<R>(params, columns, from + i * p.stride_height * row, weights, bias,
                             output);
        output += std::size_t{p.output_width} * p.output_channels;
      }
    }
    input += std::size_t{p.input_height} * p.input_width * p.input_channels;
  }
}

}  // namespace tinyfog::nn::x86
