#pragma once

#include <arm_mve.h>

#include "kernels/helium_maps.h"

namespace tinyfog::nn {

/// The inner loops of helium_maps.h with MVE instructions. Bytes equal PortableLoops'.
struct MveLoops {
  static void Copy(std::int8_t* to, const std::int8_t* from, std::uint32_t count) {
    std::uint32_t blocks = count / 16;
    for (; blocks > 0; --blocks, to += 16, from += 16) vst1q_s8(to, vld1q_s8(from));
    if (count % 16 != 0) {
      const mve_pred16_t rest = vctp8q(count % 16);
      vstrbq_p_s8(to, vldrbq_z_s8(from, rest), rest);
    }
  }

  static void Fill(std::int8_t* to, std::int8_t value, std::uint32_t count) {
    const int8x16_t values = vdupq_n_s8(value);
    for (; count >= 16; count -= 16, to += 16) vst1q_s8(to, values);
    if (count > 0) vstrbq_p_s8(to, values, vctp8q(count));
  }

  template <int kPixels>
  static void Dot(const std::int8_t* patch, std::uint32_t depth, const std::int8_t* weights,
                  std::uint32_t rows, std::int32_t (&sums)[kPixels][8]) {
    std::uint32_t r = 0;
    if constexpr (kPixels == 1) {
      for (; r + 2 < rows; r += 4, weights += 4 * depth) Four(patch, depth, weights, sums[0] + r);
    }
    for (; r < rows; r += 2, weights += 2 * depth) {
      if constexpr (kPixels == 1) {
        Two(patch, depth, weights, sums[0] + r);
      } else {
        TwoByTwo(patch, depth, weights, sums[0] + r, sums[1] + r);
      }
    }
  }

  static void Finish(const std::int32_t (&sums)[8], const Block& block, const OutputRange& range,
                     std::int8_t* output, std::uint32_t count) {
    const int32x4x2_t halves = vld2q_s32(sums);
    Finish(halves.val[0], halves.val[1], block, range, output, count);
  }

  static void DepthwiseRow(const HeliumConvParams& p, const std::int8_t* weights,
                           const BlockPerChannel& channels, const std::int8_t* const* rows,
                           const OutputRange& range, std::int8_t* output) {
    const std::uint32_t all = p.output_channels;
    const std::uint32_t step = p.stride_width * all;
    const bool is_three = p.kernel_height == 3 && p.kernel_width == 3;
    for (std::uint32_t c = 0; c < all; c += 8) {
      const std::uint32_t count = all - c < 8 ? all - c : 8;
      for (std::uint32_t x = 0; x < p.output_width; ++x) {
        const std::uint32_t at = x * step + c;
        const Sums sums =
            is_three ? ThreeByThree(rows, at, all, weights) : AnyKernel(p, rows, at, all, weights);
        Finish(sums.even, sums.odd, channels[c / 8], range, output + x * all + c, count);
      }
      weights += std::uint32_t{p.kernel_height} * p.kernel_width * 8;
    }
  }

 private:
  struct Sums {
    int32x4_t even;
    int32x4_t odd;
  };

  static void Two(const std::int8_t* x, std::uint32_t depth, const std::int8_t* w,
                  std::int32_t* sums) {
    const std::int8_t* w1 = w + depth;
    std::int32_t s0 = 0;
    std::int32_t s1 = 0;
    for (std::uint32_t n = depth / 16; n > 0; --n, x += 16, w += 16, w1 += 16) {
      const int8x16_t v = vld1q_s8(x);
      s0 = vmladavaq_s8(s0, v, vld1q_s8(w));
      s1 = vmladavaq_s8(s1, v, vld1q_s8(w1));
    }
    sums[0] = s0;
    sums[1] = s1;
  }

  static void Four(const std::int8_t* x, std::uint32_t depth, const std::int8_t* w,
                   std::int32_t* sums) {
    const std::int8_t* w1 = w + depth;
    const std::int8_t* w2 = w1 + depth;
    const std::int8_t* w3 = w2 + depth;
    std::int32_t s0 = 0;
    std::int32_t s1 = 0;
    std::int32_t s2 = 0;
    std::int32_t s3 = 0;
    for (std::uint32_t n = depth / 16; n > 0; --n) {
      const int8x16_t v = vld1q_s8(x);
      s0 = vmladavaq_s8(s0, v, vld1q_s8(w));
      s1 = vmladavaq_s8(s1, v, vld1q_s8(w1));
      s2 = vmladavaq_s8(s2, v, vld1q_s8(w2));
      s3 = vmladavaq_s8(s3, v, vld1q_s8(w3));
      x += 16, w += 16, w1 += 16, w2 += 16, w3 += 16;
    }
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
  }

  static void TwoByTwo(const std::int8_t* x, std::uint32_t depth, const std::int8_t* w,
                       std::int32_t* sums, std::int32_t* next_sums) {
    const std::int8_t* x1 = x + depth;
    const std::int8_t* w1 = w + depth;
    std::int32_t s00 = 0;
    std::int32_t s01 = 0;
    std::int32_t s10 = 0;
    std::int32_t s11 = 0;
    for (std::uint32_t n = depth / 16; n > 0; --n) {
      const int8x16_t v0 = vld1q_s8(x);
      const int8x16_t v1 = vld1q_s8(x1);
      const int8x16_t u0 = vld1q_s8(w);
      const int8x16_t u1 = vld1q_s8(w1);
      s00 = vmladavaq_s8(s00, v0, u0);
      s01 = vmladavaq_s8(s01, v0, u1);
      s10 = vmladavaq_s8(s10, v1, u0);
      s11 = vmladavaq_s8(s11, v1, u1);
      x += 16, x1 += 16, w += 16, w1 += 16;
    }
    sums[0] = s00, sums[1] = s01;
    next_sums[0] = s10, next_sums[1] = s11;
  }

  static int16x8_t Product(const std::int8_t* x, const std::int8_t* w) {
    return vmulq_s16(vldrbq_s16(x), vldrbq_s16(w));
  }
  static Sums Widened(int16x8_t products) { return {vmovlbq_s16(products), vmovltq_s16(products)}; }
  static void Add(Sums& sums, int16x8_t products) {
    sums.even = vaddq_s32(sums.even, vmovlbq_s16(products));
    sums.odd = vaddq_s32(sums.odd, vmovltq_s16(products));
  }

  // Two products of weights from -127 to 127 fit 16 bits.
  static Sums ThreeByThree(const std::int8_t* const* rows, std::uint32_t at, std::uint32_t next,
                           const std::int8_t* w) {
    const std::int8_t* a = rows[0] + at;
    const std::int8_t* b = rows[1] + at;
    const std::int8_t* c = rows[2] + at;
    Sums sums = Widened(vaddq_s16(Product(a, w), Product(b, w + 24)));
    Add(sums, vaddq_s16(Product(c, w + 48), Product(a + next, w + 8)));
    Add(sums, vaddq_s16(Product(b + next, w + 32), Product(c + next, w + 56)));
    Add(sums, vaddq_s16(Product(a + 2 * next, w + 16), Product(b + 2 * next, w + 40)));
    Add(sums, Product(c + 2 * next, w + 64));
    return sums;
  }

  static Sums AnyKernel(const HeliumConvParams& p, const std::int8_t* const* rows, std::uint32_t at,
                        std::uint32_t next, const std::int8_t* w) {
    Sums sums{vdupq_n_s32(0), vdupq_n_s32(0)};
    for (std::uint32_t ky = 0; ky < p.kernel_height; ++ky) {
      const std::int8_t* x = rows[ky] + at;
      for (std::uint32_t kx = 0; kx < p.kernel_width; ++kx, x += next, w += 8) {
        Add(sums, Product(x, w));
      }
    }
    return sums;
  }

  // Rounds halves away from zero, as DivideByPowerOfTwo does: what is negative and shifted loses
  // one before the rounding shift.
  static int32x4_t Scale(int32x4_t sums, const std::int32_t* bias, const std::int32_t* multiplier,
                         const std::int8_t* shift) {
    const int32x4_t high = vqrdmulhq_s32(vaddq_s32(sums, vld1q_s32(bias)), vld1q_s32(multiplier));
    const int32x4_t right = vldrbq_s32(shift);
    const int32x4_t fix = vshrq_n_s32(vandq_s32(high, right), 31);
    return vrshlq_s32(vqaddq_s32(high, fix), right);
  }

  static void Finish(int32x4_t even, int32x4_t odd, const Block& block, const OutputRange& range,
                     std::int8_t* output, std::uint32_t count) {
    int16x8_t values = vdupq_n_s16(0);
    values = vqmovnbq_s32(values, Scale(even, block.bias, block.multiplier, block.shift));
    values =
        vqmovntq_s32(values, Scale(odd, block.bias + 4, block.multiplier + 4, block.shift + 4));
    values = vqaddq_n_s16(values, static_cast<std::int16_t>(range.zero_point));
    values = vmaxq_s16(values, vdupq_n_s16(static_cast<std::int16_t>(range.clamp_min)));
    values = vminq_s16(values, vdupq_n_s16(static_cast<std::int16_t>(range.clamp_max)));
    if (count == 8) {
      vstrbq_s16(output, values);
    } else {
      vstrbq_p_s16(output, values, vctp16q(count));
    }
  }
};

}  // namespace tinyfog::nn
