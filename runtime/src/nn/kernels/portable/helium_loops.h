#pragma once

#include "kernels/helium_maps.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::nn {

/// The inner loops of helium_maps.h in plain C++: what they compute.
struct PortableLoops {
  // Place of a channel of a block within the arrays of HeliumChannels.
  static constexpr std::uint32_t PlaceOf(std::uint32_t channel) {
    return channel / 2 + channel % 2 * 4;
  }

  static void Copy(std::int8_t* to, const std::int8_t* from, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) to[i] = from[i];
  }
  static void Fill(std::int8_t* to, std::int8_t value, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) to[i] = value;
  }

  // sums[i][r] = patch i times weight row r; both are `depth` bytes apart.
  template <int kPixels>
  static void Dot(const std::int8_t* patch, std::uint32_t depth, const std::int8_t* weights,
                  std::uint32_t rows, std::int32_t (&sums)[kPixels][8]) {
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

  static void Finish(const std::int32_t (&sums)[8], const Block& block, const OutputRange& range,
                     std::int8_t* output, std::uint32_t count) {
    for (std::uint32_t c = 0; c < count; ++c) {
      const std::uint32_t place = PlaceOf(c);
      const std::int32_t sum = WrapAdd(sums[c], block.bias[place]);
      const std::int32_t shift = block.shift[place];
      const std::int32_t scaled = Rescale(sum, block.multiplier[place], shift > 0 ? 0 : shift);
      output[c] = static_cast<std::int8_t>(
          ClampTo(WrapAdd(scaled, range.zero_point), range.clamp_min, range.clamp_max));
    }
  }

  static void DepthwiseRow(const HeliumConvParams& p, const std::int8_t* weights,
                           const BlockPerChannel& channels, const std::int8_t* const* rows,
                           const OutputRange& range, std::int8_t* output) {
    const std::uint32_t all = p.output_channels;
    for (std::uint32_t c = 0; c < all; c += 8) {
      const std::uint32_t count = all - c < 8 ? all - c : 8;
      for (std::uint32_t x = 0; x < p.output_width; ++x) {
        std::uint32_t sums[8] = {};
        for (std::uint32_t ky = 0; ky < p.kernel_height; ++ky) {
          for (std::uint32_t kx = 0; kx < p.kernel_width; ++kx) {
            const std::int8_t* from = rows[ky] + (x * p.stride_width + kx) * all + c;
            const std::int8_t* w = weights + (ky * p.kernel_width + kx) * 8;
            for (std::uint32_t i = 0; i < count; ++i) {
              sums[i] += static_cast<std::uint32_t>(from[i] * w[i]);
            }
          }
        }
        std::int32_t signed_sums[8];
        for (int i = 0; i < 8; ++i) signed_sums[i] = static_cast<std::int32_t>(sums[i]);
        Finish(signed_sums, channels[c / 8], range, output + x * all + c, count);
      }
      weights += std::uint32_t{p.kernel_height} * p.kernel_width * 8;
    }
  }
};

}  // namespace tinyfog::nn
