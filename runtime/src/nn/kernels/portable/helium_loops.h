#pragma once

#include "kernels/helium_maps.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::nn {

/// The inner loops of helium_maps.h in plain C++: what they compute.
struct PortableLoops {
  static constexpr std::uint32_t kCount = HeliumChannels::kCount;

  static void Copy(std::int8_t* to, const std::int8_t* from, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) to[i] = from[i];
  }
  static void CopyOver(std::int8_t* to, const std::int8_t* from, std::uint32_t count) {
    Copy(to, from, count);
  }
  static void Fill(std::int8_t* to, std::int8_t value, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) to[i] = value;
  }

  // sums[i][r] = patch i times weight row r; both are `depth` bytes apart.
  template <int kPixels>
  static void Dot(const std::int8_t* patch, std::uint32_t depth, const std::int8_t* weights,
                  std::uint32_t rows, std::int32_t (&sums)[kPixels][kCount]) {
    for (std::uint32_t i = 0; i < kPixels; ++i) {
      for (std::uint32_t r = 0; r < rows; ++r) {
        std::uint32_t sum = 0;
        for (std::uint32_t k = 0; k < depth; ++k) {
          const std::int32_t product = patch[i * depth + k] * weights[r * depth + k];
          sum += static_cast<std::uint32_t>(product);
        }
        sums[i][r] = static_cast<std::int32_t>(sum);
      }
    }
  }

  // The first `count` sums of each pixel; outputs of the pixels lie `step` apart.
  template <int kPixels>
  static void Finish(const std::int32_t (&sums)[kPixels][kCount], const Block& block,
                     const OutputRange& range, std::uint32_t count, std::int8_t* output,
                     std::uint32_t step) {
    for (std::uint32_t i = 0; i < kPixels; ++i) {
      for (std::uint32_t c = 0; c < count; ++c) {
        const std::uint32_t place = HeliumChannels::PlaceOf(c);
        const std::int32_t shift = block.shift[place];
        const std::int32_t scaled = Rescale(WrapAdd(sums[i][c], block.bias[place]),
                                            block.multiplier[place], shift > 0 ? 0 : shift);
        output[i * step + c] = static_cast<std::int8_t>(
            ClampTo(WrapAdd(scaled, range.zero_point), range.clamp_min, range.clamp_max));
      }
    }
  }

  // `rows` are the kernel's rows of the padded input.
  static void DepthwiseRow(const HeliumConvParams& p, const std::int8_t* weights,
                           const BlockPerChannel& blocks, const std::int8_t* const* rows,
                           const OutputRange& range, std::int8_t* output) {
    const std::uint32_t all = p.output_channels;
    const std::uint32_t taps = std::uint32_t{p.kernel_height} * p.kernel_width;
    for (std::uint32_t c = 0; c < all; c += kCount, weights += taps * kCount) {
      const std::uint32_t count = all - c < kCount ? all - c : kCount;
      for (std::uint32_t x = 0; x < p.output_width; ++x) {
        std::int32_t sums[1][kCount];
        for (std::uint32_t i = 0; i < count; ++i) {
          std::uint32_t sum = 0;
          for (std::uint32_t tap = 0; tap < taps; ++tap) {
            const std::uint32_t column = x * p.stride_width + tap % p.kernel_width;
            const std::int8_t value = rows[tap / p.kernel_width][column * all + c + i];
            sum += static_cast<std::uint32_t>(value * weights[tap * kCount + i]);
          }
          sums[0][i] = static_cast<std::int32_t>(sum);
        }
        Finish<1>(sums, blocks[c / kCount], range, count, output + x * all + c, 0);
      }
    }
  }
};

}  // namespace tinyfog::nn
