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
  // Of 3x3 kernels whose border is not in memory:
  std::uint32_t first_tap_row;  // those before and from end_tap_row on are beyond the map
  std::uint32_t end_tap_row;
  bool has_left;  // the first column's first tap is beyond the map
  bool has_right;
};

/// What a tile knows of its kernel.
enum class FloatWindow {
  kAny,
  kThree,         // 3x3
  kThreeStride1,  // ..., and vectors are pixels: neighbouring ones share inputs
  kThreeStride2,
};

/// What lies beyond a map.
alignas(64) inline constexpr float kZeros[16] = {};

/// What row `ky` of a 3x3 kernel adds: each input is loaded once. The first input lies beyond the
/// map if `is_left`, the last one if `is_right`.
template <class R, int kColumns, int kStride>
TINYFOG_INLINE void AddThree(const FloatColumns& c, std::uint32_t ky, const float* input,
                             const float* weights, bool is_left, bool is_right,
                             typename R::Real (&sums)[kColumns]) {
  using Real = typename R::Real;
  constexpr int kInputs = (kColumns - 1) * kStride + 3;
  const float* row = weights + std::size_t{ky} * 48;
  const Real taps[3] = {R::Load(row), R::Load(row + 16), R::Load(row + 32)};
  const float* at = input + ky * c.row_step;
#pragma GCC unroll 32
  for (int i = 0; i < kInputs; ++i) {
    const bool is_beyond = (i == 0 && is_left) || (i == kInputs - 1 && is_right);
    const Real value = R::Load(is_beyond ? kZeros : at);
#pragma GCC unroll 3
    for (int kx = 0; kx < 3; ++kx) {
      const int column = (i - kx) / kStride;
      if (i >= kx && (i - kx) % kStride == 0 && column < kColumns) {
        sums[column] = R::Fma(value, taps[kx], sums[column]);
      }
    }
    at += c.tap_step;
  }
}

/// Sums over a 3x3 kernel.
template <class R, int kColumns, int kStride>
TINYFOG_INLINE void SumThree(const FloatColumns& c, const float* input, const float* weights,
                             bool is_left, bool is_right, typename R::Real (&sums)[kColumns]) {
  if (c.first_tap_row == 0 && c.end_tap_row == 3) {
#pragma GCC unroll 3
    for (std::uint32_t ky = 0; ky < 3; ++ky) {
      AddThree<R, kColumns, kStride>(c, ky, input, weights, is_left, is_right, sums);
    }
    return;
  }
  for (std::uint32_t ky = c.first_tap_row; ky < c.end_tap_row; ++ky) {
    AddThree<R, kColumns, kStride>(c, ky, input, weights, is_left, is_right, sums);
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
                                  const float* bias, float* output, std::uint32_t count,
                                  bool is_left, bool is_right) {
  using Real = typename R::Real;
  Real sums[kColumns];
  const Real start = R::Load(bias);
#pragma GCC unroll 16
  for (int i = 0; i < kColumns; ++i) sums[i] = start;
  if constexpr (kWindow == FloatWindow::kThreeStride1) {
    SumThree<R, kColumns, 1>(c, input, weights, is_left, is_right, sums);
  } else if constexpr (kWindow == FloatWindow::kThreeStride2) {
    SumThree<R, kColumns, 2>(c, input, weights, is_left, is_right, sums);
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
                                  std::uint32_t count, bool is_left, bool is_right) {
  if constexpr (kColumns > 0) {
    if (columns == kColumns) {
      DepthwiseTile<R, kColumns, kWindow>(c, input, weights, bias, output, count, is_left,
                                          is_right);
    } else {
      DepthwiseTail<R, kColumns - 1, kWindow>(columns, c, input, weights, bias, output, count,
                                              is_left, is_right);
    }
  }
}

template <class R, FloatWindow kWindow>
void DepthwiseRow(const FloatColumns& c, std::uint32_t columns, const float* input,
                  const float* weights, const float* bias, float* output, std::uint32_t count) {
  std::uint32_t tiles = (columns + R::kColumns - 1) / R::kColumns;
  bool is_left = c.has_left;
  while (tiles > 0) {
    const std::uint32_t tile = (columns + tiles - 1) / tiles;
    DepthwiseTail<R, R::kColumns, kWindow>(tile, c, input, weights, bias, output, count, is_left,
                                           c.has_right && tiles == 1);
    is_left = false;
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

/// A 3x3 kernel over a map whose border is not in memory.
template <class R>
TINYFOG_INLINE void DepthwiseWithEdges(const X86FloatDepthwiseParams& params, FloatColumns c,
                                       const float* input, const float* weights, const float* bias,
                                       float* output) {
  const X86FloatMaps& p = params.maps;
  c.has_left = p.pad_left > 0;
  c.has_right = params.ReachesRight();
  for (std::uint32_t y = 0; y < p.output_height; ++y) {
    const std::uint32_t top = y * p.stride_height;  // of the window, in rows of the padded map
    c.first_tap_row = top < p.pad_top ? p.pad_top - top : 0;
    c.end_tap_row = Smaller(3, p.input_height + p.pad_top - top);
    // Where the first tap would be, though it may not be there.
    const std::ptrdiff_t first =
        (std::ptrdiff_t{top} - p.pad_top) * static_cast<std::ptrdiff_t>(c.row_step) -
        std::ptrdiff_t{p.pad_left} * p.input_channels;
    DepthwiseChannels<R>(params, c, input + first, weights, bias, output);
    output += std::size_t{p.output_width} * p.output_channels;
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
  const std::size_t row = is_in_place || params.has_thin_edges()
                              ? std::size_t{p.input_width} * p.input_channels
                              : std::size_t(p.RowFloats());
  const FloatColumns columns{row,
                             p.input_channels,
                             std::size_t{p.stride_width} * p.input_channels,
                             p.output_channels,
                             p.kernel_height,
                             p.kernel_width,
                             p.clamp_min,
                             p.clamp_max,
                             0,
                             3,
                             false,
                             false};
  const std::size_t maps[] = {std::size_t{p.input_height} * p.input_width * p.input_channels,
                              std::size_t{p.output_height} * p.output_width * p.output_channels};
  if (params.has_thin_edges()) {
    for (std::uint32_t n = 0; n < p.batches; ++n) {
      DepthwiseWithEdges<R>(params, columns, input + n * maps[0], weights, bias,
                            output + n * maps[1]);
    }
    return;
  }
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
    input += maps[0];
  }
}

}  // namespace tinyfog::nn::x86
