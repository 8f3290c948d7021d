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

/// What a tile knows of its kernel.
enum class FloatWindow {
  kAny,
  kThree,         // 3x3
  kThreeStride1,  // ..., and vectors are pixels: neighbouring ones share inputs
  kThreeStride2,
};

/// Sums over a 3x3 kernel: each input is loaded once in each row.
template <class R, int kColumns, int kStride>
TINYFOG_INLINE void SumThree(const FloatColumns& c, const float* input, const float* weights,
                             typename R::Real (&sums)[kColumns]) {
  using Real = typename R::Real;
#pragma GCC unroll 3
  for (int ky = 0; ky < 3; ++ky) {
    const Real taps[3] = {R::Load(weights), R::Load(weights + 16), R::Load(weights + 32)};
    const float* at = input + static_cast<std::size_t>(ky) * c.row_step;
#pragma GCC unroll 32
    for (int i = 0; i < (kColumns - 1) * kStride + 3; ++i) {
      const Real value = R::Load(at);
#pragma GCC unroll 3
      for (int kx = 0; kx < 3; ++kx) {
        const int column = (i - kx) / kStride;
        if (i >= kx && (i - kx) % kStride == 0 && column < kColumns) {
          sums[column] = R::Fma(value, taps[kx], sums[column]);
        }
      }
      at += c.tap_step;
    }
    weights += 48;
  }
}

template <class R, int kColumns, bool kIsThree>
TINYFOG_INLINE void SumTaps(const FloatColumns& c, const float* input, const float* weights,
                            typename R::Real (&sums)[kColumns]) {
  const std::uint32_t height = kIsThree ? 3 : c.kernel_height;
  const std::uint32_t width = kIsThree ? 3 : c.kernel_width;
#pragma GCC unroll 3
  for (std::uint32_t ky = 0; ky < height; ++ky) {
    const float* tap = input + ky * c.row_step;
#pragma GCC unroll 3
    for (std::uint32_t kx = 0; kx < width; ++kx) {
      const auto weight = R::Load(weights);
#pragma GCC unroll 16
      for (int i = 0; i < kColumns; ++i) {
        sums[i] = R::Fma(R::Load(tap + i * c.column_step), weight, sums[i]);
      }
      weights += 16;
      tap += c.tap_step;
    }
  }
}

/// kColumns vectors, `count` values in each.
template <class R, int kColumns, FloatWindow kWindow>
TINYFOG_INLINE void DepthwiseTile(const FloatColumns& c, const float* input, const float* weights,
                                  const float* bias, float* output, std::uint32_t count) {
  using Real = typename R::Real;
  Real sums[kColumns];
  const Real start = R::Load(bias);
#pragma GCC unroll 16
  for (int i = 0; i < kColumns; ++i) sums[i] = start;
  if constexpr (kWindow == FloatWindow::kThreeStride1) {
    SumThree<R, kColumns, 1>(c, input, weights, sums);
  } else if constexpr (kWindow == FloatWindow::kThreeStride2) {
    SumThree<R, kColumns, 2>(c, input, weights, sums);
  } else {
    SumTaps<R, kColumns, kWindow == FloatWindow::kThree>(c, input, weights, sums);
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

template <class R, int kColumns, FloatWindow kWindow>
TINYFOG_INLINE void DepthwiseTail(std::uint32_t columns, const FloatColumns& c, const float* input,
                                  const float* weights, const float* bias, float* output,
                                  std::uint32_t count) {
  if constexpr (kColumns > 0) {
    if (columns == kColumns) {
      DepthwiseTile<R, kColumns, kWindow>(c, input, weights, bias, output, count);
    } else {
      DepthwiseTail<R, kColumns - 1, kWindow>(columns, c, input, weights, bias, output, count);
    }
  }
}

template <class R, FloatWindow kWindow>
void DepthwiseRow(const FloatColumns& c, std::uint32_t columns, const float* input,
                  const float* weights, const float* bias, float* output, std::uint32_t count) {
  std::uint32_t tiles = (columns + R::kColumns - 1) / R::kColumns;
  while (tiles > 0) {
    const std::uint32_t tile = (columns + tiles - 1) / tiles;
    DepthwiseTail<R, R::kColumns, kWindow>(tile, c, input, weights, bias, output, count);
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
  const bool is_shared = is_three && !params.is_folded();
  const auto row = is_shared && p.stride_width == 1   ? DepthwiseRow<R, FloatWindow::kThreeStride1>
                   : is_shared && p.stride_width == 2 ? DepthwiseRow<R, FloatWindow::kThreeStride2>
                   : is_three                         ? DepthwiseRow<R, FloatWindow::kThree>
                                                      : DepthwiseRow<R, FloatWindow::kAny>;
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
