#pragma once

#include "kernels/x86/prepare.h"
#include "kernels/x86/round.h"
#include "tinyfog/nn/kernels/x86.h"

/// CONV_2D over a vector type V.
namespace tinyfog::nn::x86 {

/// One band of rows of a map: inputs in the form of V's instructions, and where outputs go.
template <class V>
struct Band {
  const typename V::Value* input;
  std::uint32_t row_step;    // values between two input rows
  std::uint32_t pixel_step;  // values between the inputs of two neighbouring outputs
  std::uint32_t groups;      // of V::kStep inputs in each kernel row
  std::uint32_t kernel_height;
  std::int8_t* output;
  std::uint32_t output_step;  // bytes between two output pixels
  typename V::Clamp clamp;
};

/// kTile output pixels of kVectors vectors of channels, `count` of them in the last block of 16.
template <class V, int kTile, int kVectors>
TINYFOG_INLINE void ConvTile(const Band<V>& band, const typename V::Value* input,
                             const std::int8_t* weights, std::uint32_t block_bytes,
                             const X86Channels* channels, std::int8_t* output,
                             std::uint32_t count) {
  using Int = typename V::Int;
  using Value = typename V::Value;
  constexpr int kHalves = 16 / V::kLanes;
  constexpr int kBlockCount = (kVectors + kHalves - 1) / kHalves;
  constexpr int kHalfBytes = V::kLanes * static_cast<int>(V::kStep);
  Int sums[kTile][kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    const Int bias = V::Load(channels[v / kHalves].bias + v % kHalves * V::kLanes);
#pragma GCC unroll 16
    for (int m = 0; m < kTile; ++m) sums[m][v] = bias;
  }
  const std::size_t step = band.pixel_step;
  for (std::uint32_t ky = 0; ky < band.kernel_height; ++ky) {
    // Pixels in groups of three: one pointer and two multiples of the step address them.
    const Value* pixels[(kTile + 2) / 3];
#pragma GCC unroll 8
    for (int i = 0; i < (kTile + 2) / 3; ++i) pixels[i] = input + 3 * i * step;
    for (std::uint32_t k = 0; k < band.groups; ++k) {
      decltype(V::LoadWeights(weights)) loaded[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        loaded[v] = V::LoadWeights(weights + v / kHalves * block_bytes + v % kHalves * kHalfBytes);
      }
      weights += kHalves * kHalfBytes;
#pragma GCC unroll 16
      for (int m = 0; m < kTile; ++m) {
        const auto value = V::Broadcast(pixels[m / 3] + m % 3 * step);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) sums[m][v] = V::Dot(sums[m][v], value, loaded[v]);
      }
#pragma GCC unroll 8
      for (int i = 0; i < (kTile + 2) / 3; ++i) pixels[i] += V::kStep;
    }
    input += band.row_step;
  }
#pragma GCC unroll 16
  for (int b = 0; b < kBlockCount; ++b) {
    RoundTile<V, kTile, kVectors>(sums, b * kHalves, channels[b], band.clamp, output + 16 * b,
                                  band.output_step, b + 1 < kBlockCount ? 16 : count);
  }
}

template <class V, int kTile, int kVectors>
TINYFOG_INLINE void ConvTail(int pixels, const Band<V>& band, const typename V::Value* input,
                             const std::int8_t* weights, std::uint32_t block_bytes,
                             const X86Channels* channels, std::int8_t* output,
                             std::uint32_t count) {
  if constexpr (kTile > 0) {
    if (pixels == kTile) {
      ConvTile<V, kTile, kVectors>(band, input, weights, block_bytes, channels, output, count);
    } else {
      ConvTail<V, kTile - 1, kVectors>(pixels, band, input, weights, block_bytes, channels, output,
                                       count);
    }
  }
}

/// `pixels` outputs of one row, up to kMost at once, of kVectors vectors of channels.
template <class V, int kMost, int kVectors>
void ConvRow(const Band<V>& band, std::uint32_t pixels, const typename V::Value* input,
             const std::int8_t* weights, std::uint32_t block_bytes, const X86Channels* channels,
             std::int8_t* output, std::uint32_t count) {
  // Tiles of nearly the same size: a small one at the end would wait for its own sums.
  std::uint32_t tiles = (pixels + kMost - 1) / kMost;
  while (tiles > 0) {
    const std::uint32_t tile = (pixels + tiles - 1) / tiles;
    ConvTail<V, kMost, kVectors>(static_cast<int>(tile), band, input, weights, block_bytes,
                                 channels, output, count);
    input += std::size_t{tile} * band.pixel_step;
    output += std::size_t{tile} * band.output_step;
    pixels -= tile;
    --tiles;
  }
}

/// All channels of `rows` rows of `width` pixels.
template <class V>
TINYFOG_INLINE void ConvBand(const Band<V>& band, const X86ConvParams& p, std::uint32_t rows,
                             std::uint32_t width, std::uint32_t stride_rows,
                             const std::int8_t* weights, const X86Channels* channels) {
  const std::uint32_t block_bytes = band.kernel_height * band.groups * 16 * V::kStep;
  std::uint32_t blocks = p.Blocks();
  std::uint32_t left = p.output_channels;
  std::int8_t* output = band.output;
  constexpr int kHalves = 16 / V::kLanes;
  const auto run = [&](auto row, std::uint32_t count) {
    for (std::uint32_t y = 0; y < rows; ++y) {
      row(band, width, band.input + std::size_t{y} * stride_rows * band.row_step, weights,
          block_bytes, channels, output + std::size_t{y} * width * band.output_step,
          Smaller(left - 16 * (count - 1), 16));
    }
    weights += std::size_t{count} * block_bytes;
    channels += count;
    output += 16 * count;
    left -= Smaller(left, 16 * count);
    blocks -= count;
  };
  // One pixel or two keep few sums at work: then eight vectors of channels.
  constexpr std::uint32_t kMost = 8 / kHalves;
  while (rows == 1 && width == 1 && blocks >= kMost) run(ConvRow<V, 1, 8>, kMost);
  while (rows == 1 && width <= 2 && blocks >= kMost / 2) run(ConvRow<V, 2, 4>, kMost / 2);
  while (blocks >= V::kBlocks && (V::kBlocks > 1 || left > 8)) {
    run(ConvRow<V, V::kPixels, V::kBlocks * kHalves>, V::kBlocks);
  }
  // What is left: a block or half of one.
  if (blocks > 0) run(ConvRow<V, V::kLastPixels, 1>, 1);
}

/// The inputs of `rows` output rows from `first` on, one map's.
template <class V>
TINYFOG_INLINE void PrepareBand(const X86ConvParams& p, const std::int8_t* input,
                                std::uint32_t first, std::uint32_t rows, typename V::Value* to) {
  const std::uint32_t channels = p.input_channels;
  if (p.is_pointwise()) {
    if (p.stride_height == 1 && p.stride_width == 1 && p.output_width == p.input_width) {
      const std::uint32_t row = std::uint32_t{p.input_width} * channels;
      Prepare<V>(input + std::size_t{first} * row, rows * row, to);
      return;
    }
    for (std::uint32_t y = first; y < first + rows; ++y) {
      const std::int8_t* row = input + std::size_t{y} * p.stride_height * p.input_width * channels;
      if (p.stride_width == 1) {
        to = Prepare<V>(row, p.output_width * channels, to);
      } else {
        for (std::uint32_t x = 0; x < p.output_width; ++x) {
          to = Prepare<V>(row + std::size_t{x} * p.stride_width * channels, channels, to);
        }
      }
    }
    return;
  }
  const std::uint32_t width = static_cast<std::uint32_t>(p.RowValues());
  const std::uint32_t left = std::uint32_t{p.pad_left} * channels;
  const std::uint32_t copied = Smaller(width - left, std::uint32_t{p.input_width} * channels);
  const std::uint32_t count = (rows - 1) * p.stride_height + p.kernel_height;
  for (std::uint32_t i = 0; i < count; ++i) {
    // Wraps to a large number above the map.
    const std::uint32_t y = first * p.stride_height + i - p.pad_top;
    if (y < p.input_height) {
      to = Fill<V>(p.input_zero_point, left, to);
      to = Prepare<V>(input + std::size_t{y} * p.input_width * channels, copied, to);
      to = Fill<V>(p.input_zero_point, width - left - copied, to);
    } else {
      to = Fill<V>(p.input_zero_point, width, to);
    }
  }
}

template <class V>
void RunConv(const X86ConvParams& p, Memory memory) {
  using Value = typename V::Value;
  Value* scratch = memory.Write<Value>(p.scratch);
  const auto* weights = memory.Read<std::int8_t>(p.weights);
  const auto* channels = memory.Read<X86Channels>(p.channels);
  const auto* input = memory.Read<std::int8_t>(p.input);
  auto* output = memory.Write<std::int8_t>(p.output);
  const bool dense = p.is_pointwise();
  const std::uint32_t row_bytes = std::uint32_t{p.output_width} * p.output_channels;
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::uint32_t y = 0; y < p.output_height; y += p.band_rows) {
      const std::uint32_t rows = Smaller(p.band_rows, p.output_height - y);
      PrepareBand<V>(p, input, y, rows, scratch);
      const Band<V> band{
          scratch,
          static_cast<std::uint32_t>(p.RowValues()),
          dense ? p.input_channels : std::uint32_t{p.stride_width} * p.input_channels,
          p.GroupsPerRow(V::kStep),
          p.kernel_height,
          output,
          p.output_channels,
          V::ClampOf(p.clamp_min, p.clamp_max)};
      if (dense) {
        ConvBand<V>(band, p, 1, rows * p.output_width, 0, weights, channels);
      } else {
        ConvBand<V>(band, p, rows, p.output_width, p.stride_height, weights, channels);
      }
      output += std::size_t{rows} * row_bytes;
    }
    input += std::size_t{p.input_height} * p.input_width * p.input_channels;
  }
}

}  // namespace tinyfog::nn::x86
