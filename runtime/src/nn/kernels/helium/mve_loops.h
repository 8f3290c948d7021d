#pragma once

#include <arm_mve.h>

#include "kernels/helium_maps.h"

namespace tinyfog::nn {

/// The inner loops of helium_maps.h with MVE instructions. Bytes equal PortableLoops'.
struct MveLoops {
  static constexpr std::uint32_t kCount = HeliumChannels::kCount;

  static void Copy(std::int8_t* to, const std::int8_t* from, std::uint32_t count) {
    for (std::uint32_t n = count / 16; n > 0; --n, to += 16, from += 16) {
      vst1q_s8(to, vld1q_s8(from));
    }
    if (count % 16 != 0) {
      const mve_pred16_t rest = vctp8q(count % 16);
      vstrbq_p_s8(to, vldrbq_z_s8(from, rest), rest);
    }
  }

  // Copies up to 15 bytes more than `count`.
  static void CopyOver(std::int8_t* to, const std::int8_t* from, std::uint32_t count) {
    vst1q_s8(to, vld1q_s8(from));
    if (count <= 16) return;
    for (std::uint32_t n = (count - 1) / 16; n > 0; --n) {
      to += 16, from += 16;
      vst1q_s8(to, vld1q_s8(from));
    }
  }

  static void Fill(std::int8_t* to, std::int8_t value, std::uint32_t count) {
    const int8x16_t values = vdupq_n_s8(value);
    for (; count >= 16; count -= 16, to += 16) vst1q_s8(to, values);
    if (count > 0) vstrbq_p_s8(to, values, vctp8q(count));
  }

  template <int kPixels>
  static void Dot(const std::int8_t* patch, std::uint32_t depth, const std::int8_t* weights,
                  std::uint32_t rows, std::int32_t (&sums)[kPixels][kCount]) {
    std::int32_t* out = sums[0];
    std::int32_t* const end = out + rows;
    if constexpr (kPixels == 1) {
      for (; out + 2 < end; out += 4, weights += 4 * depth) Four(patch, depth, weights, out);
      if (out < end) Two(patch, depth, weights, out);
    } else if (depth == 16) {
      Short16(patch, weights, (rows + 1) / 2, out);
    } else if (depth == 32) {
      Short32(patch, weights, (rows + 1) / 2, out);
    } else {
      for (; out < end; out += 2, weights += 2 * depth) TwoByTwo(patch, depth, weights, out);
    }
  }

  template <int kPixels>
  static void Finish(const std::int32_t (&sums)[kPixels][kCount], const Block& block,
                     const OutputRange& range, std::uint32_t count, std::int8_t* output,
                     std::uint32_t step) {
    for (int i = 0; i < kPixels; ++i, output += step) {
      StoreSums(sums[i], block, range, output, count);
    }
  }

  static void DepthwiseRow(const HeliumConvParams& p, const std::int8_t* weights,
                           const BlockPerChannel& blocks, const std::int8_t* const* rows,
                           const OutputRange& range, std::int8_t* output) {
    const std::uint32_t all = p.output_channels;
    const std::uint32_t taps = std::uint32_t{p.kernel_height} * p.kernel_width;
    Walk walk{p.output_width, all, p.stride_width * all, all, kCount};
    if (p.HasPairs()) walk = {p.output_width / 2u, all, kCount, kCount, kCount};
    const bool is_three = p.kernel_height == 3 && p.kernel_width == 3;
    for (std::uint32_t c = 0; c < all; c += kCount, weights += taps * kCount) {
      if (all - c < kCount && !p.HasPairs()) walk.lanes = all - c;
      const Block block = blocks[c / kCount];
      if (is_three) {
        DepthwiseBlock3x3(walk, rows, c, weights, block, range, output + c);
      } else {
        DepthwiseBlock(p, walk, rows, c, weights, block, range, output + c);
      }
    }
  }

 private:
  // Lane i of m[j] is channel 4i + j.
  struct Lanes {
    int32x4_t m0, m1, m2, m3;
  };

  // How a row of depthwise outputs goes: sixteen lanes at a time.
  struct Walk {
    std::uint32_t count;   // of outputs
    std::uint32_t column;  // from a kernel's column to the next
    std::uint32_t from;    // from an output's input to the next one's
    std::uint32_t to;      // from an output to the next
    std::uint32_t lanes;   // that are stored
  };

  static void DepthwiseBlock(const HeliumConvParams& p, const Walk& walk,
                             const std::int8_t* const* rows, std::uint32_t at,
                             const std::int8_t* weights, const Block& block,
                             const OutputRange& range, std::int8_t* output) {
    for (std::uint32_t n = walk.count; n > 0; --n, at += walk.from, output += walk.to) {
      Store(AnyKernel(p, rows, at, walk.column, weights), block, range, output, walk.lanes);
    }
  }
  static void DepthwiseBlock3x3(const Walk& walk, const std::int8_t* const* rows, std::uint32_t at,
                                const std::int8_t* weights, const Block& block,
                                const OutputRange& range, std::int8_t* output) {
    const std::int32_t step =
        static_cast<std::int32_t>(walk.from) - 2 * static_cast<std::int32_t>(walk.column);
    const std::int8_t* x0 = rows[0] + at;
    const std::int8_t* x1 = rows[1] + at;
    const std::int8_t* x2 = rows[2] + at;
    for (std::uint32_t n = walk.count; n > 0; --n, output += walk.to) {
      Store(ThreeByThree(x0, x1, x2, walk.column, weights), block, range, output, walk.lanes);
      x0 += step, x1 += step, x2 += step;
    }
  }

  // The loops over the depth: the first pieces start the sums. Loads and products alternate, so
  // that they overlap.
  static void TwoByTwo(const std::int8_t* x, std::uint32_t depth, const std::int8_t* w,
                       std::int32_t* sums) {
    const std::int8_t* x1 = x + depth;
    const std::int8_t* w1 = w + depth;
    std::int32_t s00, s01, s10, s11;
    asm("vldrb.8 q0, [%[x]], #16\n\t"
        "vldrb.8 q2, [%[w]], #16\n\t"
        "vmladav.s8 %[s00], q0, q2\n\t"
        "vldrb.8 q1, [%[x1]], #16\n\t"
        "vmladav.s8 %[s10], q1, q2\n\t"
        "vldrb.8 q3, [%[w1]], #16\n\t"
        "vmladav.s8 %[s01], q0, q3\n\t"
        "vmladav.s8 %[s11], q1, q3\n\t"
        "wls lr, %[n], 2f\n"
        "1:\n\t"
        "vldrb.8 q0, [%[x]], #16\n\t"
        "vldrb.8 q2, [%[w]], #16\n\t"
        "vmladava.s8 %[s00], q0, q2\n\t"
        "vldrb.8 q1, [%[x1]], #16\n\t"
        "vmladava.s8 %[s10], q1, q2\n\t"
        "vldrb.8 q3, [%[w1]], #16\n\t"
        "vmladava.s8 %[s01], q0, q3\n\t"
        "vmladava.s8 %[s11], q1, q3\n\t"
        "le lr, 1b\n"
        "2:"
        : [x] "+&r"(x), [x1] "+&r"(x1), [w] "+&r"(w), [w1] "+&r"(w1), [s00] "=&Te"(s00),
          [s01] "=&Te"(s01), [s10] "=&Te"(s10), [s11] "=&Te"(s11)
        : [n] "r"(depth / 16 - 1)
        : "q0", "q1", "q2", "q3", "lr", "memory");
    sums[0] = s00, sums[1] = s01;
    sums[kCount] = s10, sums[kCount + 1] = s11;
  }

  // Short patches of two pixels stay in registers while `pairs` of weight rows go by.
  static void Short16(const std::int8_t* x, const std::int8_t* w, std::uint32_t pairs,
                      std::int32_t* sums) {
    std::int32_t s00, s01, s10, s11;
    asm volatile(
        "vldrb.8 q0, [%[x]]\n\t"
        "vldrb.8 q1, [%[x], #16]\n\t"
        "dls lr, %[pairs]\n"
        "1:\n\t"
        "vldrb.8 q2, [%[w]], #16\n\t"
        "vmladav.s8 %[s00], q0, q2\n\t"
        "vldrb.8 q3, [%[w]], #16\n\t"
        "vmladav.s8 %[s10], q1, q2\n\t"
        "vmladav.s8 %[s01], q0, q3\n\t"
        "vmladav.s8 %[s11], q1, q3\n\t"
        "strd %[s10], %[s11], [%[sums], #64]\n\t"
        "strd %[s00], %[s01], [%[sums]], #8\n\t"
        "le lr, 1b"
        : [w] "+&r"(w), [sums] "+&r"(sums), [s00] "=&Te"(s00), [s01] "=&Te"(s01), [s10] "=&Te"(s10),
          [s11] "=&Te"(s11)
        : [x] "r"(x), [pairs] "r"(pairs)
        : "q0", "q1", "q2", "q3", "lr", "memory");
  }
  static void Short32(const std::int8_t* x, const std::int8_t* w, std::uint32_t pairs,
                      std::int32_t* sums) {
    std::int32_t s00, s01, s10, s11;
    asm volatile(
        "vldrb.8 q0, [%[x]]\n\t"
        "vldrb.8 q1, [%[x], #16]\n\t"
        "vldrb.8 q2, [%[x], #32]\n\t"
        "vldrb.8 q3, [%[x], #48]\n\t"
        "dls lr, %[pairs]\n"
        "1:\n\t"
        "vldrb.8 q4, [%[w]], #16\n\t"
        "vmladav.s8 %[s00], q0, q4\n\t"
        "vldrb.8 q5, [%[w]], #16\n\t"
        "vmladav.s8 %[s10], q2, q4\n\t"
        "vldrb.8 q4, [%[w]], #16\n\t"
        "vmladava.s8 %[s00], q1, q5\n\t"
        "vmladava.s8 %[s10], q3, q5\n\t"
        "vldrb.8 q5, [%[w]], #16\n\t"
        "vmladav.s8 %[s01], q0, q4\n\t"
        "vmladav.s8 %[s11], q2, q4\n\t"
        "vmladava.s8 %[s01], q1, q5\n\t"
        "vmladava.s8 %[s11], q3, q5\n\t"
        "strd %[s10], %[s11], [%[sums], #64]\n\t"
        "strd %[s00], %[s01], [%[sums]], #8\n\t"
        "le lr, 1b"
        : [w] "+&r"(w), [sums] "+&r"(sums), [s00] "=&Te"(s00), [s01] "=&Te"(s01), [s10] "=&Te"(s10),
          [s11] "=&Te"(s11)
        : [x] "r"(x), [pairs] "r"(pairs)
        : "q0", "q1", "q2", "q3", "q4", "q5", "lr", "memory");
  }

  static void Four(const std::int8_t* x, std::uint32_t depth, const std::int8_t* w,
                   std::int32_t* sums) {
    const std::int8_t* w1 = w + depth;
    const std::int8_t* w2 = w1 + depth;
    const std::int8_t* w3 = w2 + depth;
    std::int32_t s0, s1, s2, s3;
    asm("vldrb.8 q0, [%[x]], #16\n\t"
        "vldrb.8 q1, [%[w]], #16\n\t"
        "vmladav.s8 %[s0], q0, q1\n\t"
        "vldrb.8 q2, [%[w1]], #16\n\t"
        "vmladav.s8 %[s1], q0, q2\n\t"
        "vldrb.8 q3, [%[w2]], #16\n\t"
        "vmladav.s8 %[s2], q0, q3\n\t"
        "vldrb.8 q1, [%[w3]], #16\n\t"
        "vmladav.s8 %[s3], q0, q1\n\t"
        "wls lr, %[n], 2f\n"
        "1:\n\t"
        "vldrb.8 q0, [%[x]], #16\n\t"
        "vldrb.8 q1, [%[w]], #16\n\t"
        "vmladava.s8 %[s0], q0, q1\n\t"
        "vldrb.8 q2, [%[w1]], #16\n\t"
        "vmladava.s8 %[s1], q0, q2\n\t"
        "vldrb.8 q3, [%[w2]], #16\n\t"
        "vmladava.s8 %[s2], q0, q3\n\t"
        "vldrb.8 q1, [%[w3]], #16\n\t"
        "vmladava.s8 %[s3], q0, q1\n\t"
        "le lr, 1b\n"
        "2:"
        : [x] "+&r"(x), [w] "+&r"(w), [w1] "+&r"(w1), [w2] "+&r"(w2), [w3] "+&r"(w3),
          [s0] "=&Te"(s0), [s1] "=&Te"(s1), [s2] "=&Te"(s2), [s3] "=&Te"(s3)
        : [n] "r"(depth / 16 - 1)
        : "q0", "q1", "q2", "q3", "lr", "memory");
    sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
  }

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
    sums[0] = s0, sums[1] = s1;
  }

  // All eight vector registers are in use: compiled intrinsics spill half of them. Two products of
  // weights from -127 to 127 fit 16 bits. A second product of a pair is taken in halves, each in
  // place of the weights.
#define TINYFOG_SECOND_OF_PAIR(at, w)      \
  "vldrb.8 %q[x], [" at                    \
  "]\n\t"                                  \
  "vldrw.32 %q[u], [%[w], #" w             \
  "]\n\t"                                  \
  "vmullb.s8 %q[u], %q[x], %q[u]\n\t"      \
  "vadd.i16 %q[even], %q[even], %q[u]\n\t" \
  "vldrw.32 %q[u], [%[w], #" w             \
  "]\n\t"                                  \
  "vmullt.s8 %q[u], %q[x], %q[u]\n\t"      \
  "vadd.i16 %q[odd], %q[odd], %q[u]\n\t"
#define TINYFOG_FIRST_OF_PAIR(at, w)     \
  "vldrb.8 %q[x], [" at                  \
  "]\n\t"                                \
  "vldrw.32 %q[u], [%[w], #" w           \
  "]\n\t"                                \
  "vmullb.s8 %q[even], %q[x], %q[u]\n\t" \
  "vmullt.s8 %q[odd], %q[x], %q[u]\n\t"
#define TINYFOG_ADD_PAIR                  \
  "vmovlb.s16 %q[x], %q[even]\n\t"        \
  "vadd.i32 %q[m0], %q[m0], %q[x]\n\t"    \
  "vmovlt.s16 %q[even], %q[even]\n\t"     \
  "vadd.i32 %q[m2], %q[m2], %q[even]\n\t" \
  "vmovlb.s16 %q[x], %q[odd]\n\t"         \
  "vadd.i32 %q[m1], %q[m1], %q[x]\n\t"    \
  "vmovlt.s16 %q[odd], %q[odd]\n\t"       \
  "vadd.i32 %q[m3], %q[m3], %q[odd]\n\t"
#define TINYFOG_NEXT_COLUMN     \
  "add %[a], %[a], %[next]\n\t" \
  "add %[b], %[b], %[next]\n\t" \
  "add %[c], %[c], %[next]\n\t"

  // The pixel at a, b and c, whose columns are `next` apart; leaves them at the last column.
  [[gnu::always_inline]] static Lanes ThreeByThree(const std::int8_t*& a, const std::int8_t*& b,
                                                   const std::int8_t*& c, std::uint32_t next,
                                                   const std::int8_t* w) {
    Lanes m;
    int8x16_t x, u, even, odd;
    asm(TINYFOG_FIRST_OF_PAIR("%[a]", "0")
        "vldrb.8 %q[x], [%[b]]\n\t"
        "vldrw.32 %q[u], [%[w], #48]\n\t"
        "vmullb.s8 %q[m0], %q[x], %q[u]\n\t"
        "vmullt.s8 %q[m1], %q[x], %q[u]\n\t"
        "vadd.i16 %q[even], %q[even], %q[m0]\n\t"
        "vadd.i16 %q[odd], %q[odd], %q[m1]\n\t"
        "vmovlb.s16 %q[m0], %q[even]\n\t"
        "vmovlt.s16 %q[m2], %q[even]\n\t"
        "vmovlb.s16 %q[m1], %q[odd]\n\t"
        "vmovlt.s16 %q[m3], %q[odd]\n\t"
        TINYFOG_FIRST_OF_PAIR("%[c]", "96")
        TINYFOG_NEXT_COLUMN
        TINYFOG_SECOND_OF_PAIR("%[a]", "16")
        TINYFOG_ADD_PAIR
        TINYFOG_FIRST_OF_PAIR("%[b]", "64")
        TINYFOG_SECOND_OF_PAIR("%[c]", "112")
        TINYFOG_ADD_PAIR
        TINYFOG_NEXT_COLUMN
        TINYFOG_FIRST_OF_PAIR("%[a]", "32")
        TINYFOG_SECOND_OF_PAIR("%[b]", "80")
        TINYFOG_ADD_PAIR
        TINYFOG_FIRST_OF_PAIR("%[c]", "128")
        TINYFOG_ADD_PAIR
        : [a] "+&r"(a), [b] "+&r"(b), [c] "+&r"(c), [m0] "=&w"(m.m0), [m1] "=&w"(m.m1),
          [m2] "=&w"(m.m2), [m3] "=&w"(m.m3), [x] "=&w"(x), [u] "=&w"(u), [even] "=&w"(even),
          [odd] "=&w"(odd)
        : [next] "r"(next), [w] "r"(w)
        : "memory");
    return m;
  }
#undef TINYFOG_SECOND_OF_PAIR
#undef TINYFOG_FIRST_OF_PAIR
#undef TINYFOG_ADD_PAIR
#undef TINYFOG_NEXT_COLUMN

  [[gnu::always_inline]] static Lanes AnyKernel(const HeliumConvParams& p,
                                                const std::int8_t* const* rows, std::uint32_t at,
                                                std::uint32_t next, const std::int8_t* w) {
    const int32x4_t zero = vdupq_n_s32(0);
    Lanes sums{zero, zero, zero, zero};
    for (std::uint32_t ky = 0; ky < p.kernel_height; ++ky) {
      const std::int8_t* x = rows[ky] + at;
      for (std::uint32_t kx = 0; kx < p.kernel_width; ++kx, x += next, w += kCount) {
        const int8x16_t a = vld1q_s8(x);
        const int8x16_t b = vld1q_s8(w);
        const int16x8_t even = vmullbq_int_s8(a, b);
        const int16x8_t odd = vmulltq_int_s8(a, b);
        sums.m0 = vaddq_s32(sums.m0, vmovlbq_s16(even));
        sums.m1 = vaddq_s32(sums.m1, vmovlbq_s16(odd));
        sums.m2 = vaddq_s32(sums.m2, vmovltq_s16(even));
        sums.m3 = vaddq_s32(sums.m3, vmovltq_s16(odd));
      }
    }
    return sums;
  }

  // Rounds halves away from zero, as DivideByPowerOfTwo does: what is negative and shifted loses
  // one before the rounding shift. The narrowing instructions write every other half.
#define TINYFOG_SCALE(m, t, fix, at, shift_at) \
  "vldrw.32 " t ", [%[bias], #" at             \
  "]\n\t"                                      \
  "vadd.i32 " m ", " m ", " t                  \
  "\n\t"                                       \
  "vldrw.32 " t ", [%[multiplier], #" at       \
  "]\n\t"                                      \
  "vqrdmulh.s32 " m ", " m ", " t              \
  "\n\t"                                       \
  "vldrb.s32 " t ", [%[shift], #" shift_at     \
  "]\n\t"                                      \
  "vand " fix ", " m ", " t                    \
  "\n\t"                                       \
  "vshr.s32 " fix ", " fix                     \
  ", #31\n\t"                                  \
  "vqadd.s32 " m ", " m ", " fix               \
  "\n\t"                                       \
  "vrshl.s32 " m ", " m ", " t "\n\t"
#define TINYFOG_TO_BYTES(m0, m1, m2, m3, t, fix) \
  TINYFOG_SCALE(m0, t, fix, "0", "0")            \
  TINYFOG_SCALE(m1, t, fix, "16", "4")           \
  TINYFOG_SCALE(m2, t, fix, "32", "8")           \
  TINYFOG_SCALE(m3, t, fix, "48", "12")          \
  "vqmovnb.s32 " m0 ", " m0                      \
  "\n\t"                                         \
  "vqmovnt.s32 " m0 ", " m2                      \
  "\n\t"                                         \
  "vqmovnb.s32 " m1 ", " m1                      \
  "\n\t"                                         \
  "vqmovnt.s32 " m1 ", " m3                      \
  "\n\t"                                         \
  "vqadd.s16 " m0 ", " m0                        \
  ", %[zero_point]\n\t"                          \
  "vqadd.s16 " m1 ", " m1                        \
  ", %[zero_point]\n\t"                          \
  "vqmovnb.s16 " m0 ", " m0                      \
  "\n\t"                                         \
  "vqmovnt.s16 " m0 ", " m1 "\n\t"
  [[gnu::always_inline]] static void Store(Lanes m, const Block& block, const OutputRange& range,
                                           std::int8_t* output, std::uint32_t count) {
    int8x16_t t, fix;
    asm(TINYFOG_TO_BYTES("%q[m0]", "%q[m1]", "%q[m2]", "%q[m3]", "%q[t]", "%q[fix]")
        : [m0] "+w"(m.m0), [m1] "+w"(m.m1), [m2] "+w"(m.m2), [m3] "+w"(m.m3), [t] "=&w"(t),
          [fix] "=&w"(fix)
        : [bias] "r"(block.bias), [multiplier] "r"(block.multiplier), [shift] "l"(block.shift),
          [zero_point] "r"(range.zero_point)
        : "memory");
    StoreBytes(vreinterpretq_s8_s32(m.m0), range, output, count);
  }
  // The same from memory; vld4 puts sum c into lane c / 4 of register c % 4.
  [[gnu::always_inline]] static void StoreSums(const std::int32_t* sums, const Block& block,
                                               const OutputRange& range, std::int8_t* output,
                                               std::uint32_t count) {
    int8x16_t bytes;
    asm("vld40.32 {q4, q5, q6, q7}, [%[sums]]\n\t"
        "vld41.32 {q4, q5, q6, q7}, [%[sums]]\n\t"
        "vld42.32 {q4, q5, q6, q7}, [%[sums]]\n\t"
        "vld43.32 {q4, q5, q6, q7}, [%[sums]]\n\t" TINYFOG_TO_BYTES("q4", "q5", "q6", "q7", "q0",
                                                                    "q1") "vmov %q[bytes], q4"
        : [bytes] "=w"(bytes)
        : [sums] "r"(sums), [bias] "r"(block.bias), [multiplier] "r"(block.multiplier),
          [shift] "l"(block.shift), [zero_point] "r"(range.zero_point)
        : "q0", "q1", "q4", "q5", "q6", "q7", "memory");
    StoreBytes(bytes, range, output, count);
  }
  [[gnu::always_inline]] static void StoreBytes(int8x16_t bytes, const OutputRange& range,
                                                std::int8_t* output, std::uint32_t count) {
    bytes = vmaxq_s8(bytes, vdupq_n_s8(static_cast<std::int8_t>(range.clamp_min)));
    bytes = vminq_s8(bytes, vdupq_n_s8(static_cast<std::int8_t>(range.clamp_max)));
    if (count == kCount) {
      vst1q_s8(output, bytes);
    } else {
      vstrbq_p_s8(output, bytes, vctp8q(count));
    }
  }
#undef TINYFOG_TO_BYTES
#undef TINYFOG_SCALE
};

}  // namespace tinyfog::nn
