#pragma once

#include "kernels/x86/inline.h"
#include "tinyfog/nn/kernels/x86_float.h"

/// Sums of products of floats over a vector type R: what convolutions are made of.
namespace tinyfog::nn::x86 {

/// Where the inputs of one row of outputs lie, and where outputs go.
struct FloatBand {
  std::size_t row_step;    // floats between two input rows
  std::size_t pixel_step;  // floats between the inputs of two neighbouring outputs
  std::uint32_t values;    // of each kernel row
  std::uint32_t kernel_height;
  std::size_t block_floats;  // between two blocks of weights
  std::size_t output_step;   // floats between two output pixels
  float clamp_min;
  float clamp_max;
};

/// kTile output pixels of kVectors vectors of channels, `count` of them in the last block of 16.
/// Without a bias the sums are stored as they are.
template <class R, int kTile, int kVectors, bool kHasBias>
TINYFOG_INLINE void FloatTile(const FloatBand& band, const float* input, const float* weights,
                              const float* bias, float* output, std::uint32_t count) {
  using Real = typename R::Real;
  constexpr int kHalves = 16 / R::kLanes;
  Real sums[kTile][kVectors];
#pragma GCC unroll 16
  for (int v = 0; v < kVectors; ++v) {
    const Real start = kHasBias ? R::Load(bias + v * R::kLanes) : R::Set(0);
#pragma GCC unroll 16
    for (int m = 0; m < kTile; ++m) sums[m][v] = start;
  }
  const std::size_t step = band.pixel_step;
  for (std::uint32_t ky = 0; ky < band.kernel_height; ++ky) {
    // Pixels in groups of three: one pointer and two multiples of the step address them.
    const float* pixels[(kTile + 2) / 3];
#pragma GCC unroll 8
    for (int i = 0; i < (kTile + 2) / 3; ++i) pixels[i] = input + 3 * i * step;
    for (std::uint32_t k = 0; k < band.values; ++k) {
      Real loaded[kVectors];
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; ++v) {
        loaded[v] = R::Load(weights + v / kHalves * band.block_floats + v % kHalves * R::kLanes);
      }
      weights += 16;
#pragma GCC unroll 16
      for (int m = 0; m < kTile; ++m) {
        const Real value = R::Set(pixels[m / 3][m % 3 * step]);
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; ++v) sums[m][v] = R::Fma(value, loaded[v], sums[m][v]);
      }
#pragma GCC unroll 8
      for (int i = 0; i < (kTile + 2) / 3; ++i) ++pixels[i];
    }
    input += band.row_step;
  }
  const Real least = R::Set(band.clamp_min);
  const Real most = R::Set(band.clamp_max);
  constexpr int kLastBlock = (kVectors - 1) / kHalves * kHalves;
#pragma GCC unroll 16
  for (int m = 0; m < kTile; ++m) {
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; ++v) {
      float* to = output + m * band.output_step + v * R::kLanes;
      Real value = sums[m][v];
      if constexpr (kHasBias) value = R::AtMost(R::AtLeast(value, least), most);
      const std::uint32_t before = static_cast<std::uint32_t>((v - kLastBlock) * R::kLanes);
      if (v < kLastBlock || count >= before + R::kLanes) {
        R::Store(to, value);
      } else if (count > before) {
        R::Store(to, value, count - before);
      }
    }
  }
}

template <class R, int kTile, int kVectors, bool kHasBias>
TINYFOG_INLINE void FloatTail(int pixels, const FloatBand& band, const float* input,
                              const float* weights, const float* bias, float* output,
                              std::uint32_t count) {
  if constexpr (kTile > 0) {
    if (pixels == kTile) {
      FloatTile<R, kTile, kVectors, kHasBias>(band, input, weights, bias, output, count);
    } else {
      FloatTail<R, kTile - 1, kVectors, kHasBias>(pixels, band, input, weights, bias, output,
                                                  count);
    }
  }
}

/// `pixels` outputs of one row, up to kMost at once, of kVectors vectors of channels.
template <class R, int kMost, int kVectors, bool kHasBias>
void FloatRow(const FloatBand& band, std::uint32_t pixels, const float* input, const float* weights,
              const float* bias, float* output, std::uint32_t count) {
  // Tiles of nearly the same size: a small one at the end would wait for its own sums.
  std::uint32_t tiles = (pixels + kMost - 1) / kMost;
  while (tiles > 0) {
    const std::uint32_t tile = (pixels + tiles - 1) / tiles;
    FloatTail<R, kMost, kVectors, kHasBias>(static_cast<int>(tile), band, input, weights, bias,
                                            output, count);
    input += tile * band.pixel_step;
    output += tile * band.output_step;
    pixels -= tile;
    --tiles;
  }
}

/// Calls `run(row, blocks, channels of the last one)` for all channels, a tile's blocks at a time,
/// for rows of `width` pixels.
template <class R, bool kHasBias, class Run>
TINYFOG_INLINE void ForBlocks(std::uint32_t channels, std::uint32_t width, const Run& run) {
  constexpr int kHalves = 16 / R::kLanes;
  std::uint32_t blocks = X86Blocks(channels);
  std::uint32_t left = channels;
  const auto take = [&](auto row, std::uint32_t count) {
    run(row, count, Smaller(left - 16 * (count - 1), 16));
    left -= Smaller(left, 16 * count);
    blocks -= count;
  };
  // Few pixels keep few sums at work: then more channels.
  while (width <= R::kNarrowPixels && blocks >= R::kNarrowBlocks) {
    take(FloatRow<R, R::kNarrowPixels, R::kNarrowBlocks * kHalves, kHasBias>, R::kNarrowBlocks);
  }
  while (blocks >= R::kBlocks && (R::kBlocks > 1 || left > 8)) {
    take(FloatRow<R, R::kPixels, R::kBlocks * kHalves, kHasBias>, R::kBlocks);
  }
  // What is left: a block or half of one.
  if (blocks > 0) take(FloatRow<R, R::kLastPixels, 1, kHasBias>, 1);
}

}  // namespace tinyfog::nn::x86
