#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/x86/inline.h"
#include "kernels/x86/reals_avx512.h"

namespace tinyfog::nn::x86 {

/// 512 bits: sixteen sums, each of products of four bytes.
struct Avx512Vnni {
  static constexpr int kLanes = 16;
  static constexpr std::uint32_t kStep = 4;
  static constexpr int kPixels = 8;       // of one tile, whose sums stay in registers
  static constexpr int kBlocks = 2;       // of sixteen outputs of one tile
  static constexpr int kLastPixels = 12;  // of a tile with one vector of outputs
  using Value = std::uint8_t;             // an input: value + 128
  using Int = __m512i;
  using Reals = RealsAvx512;

  TINYFOG_INLINE static Int Load(const std::int32_t* from) { return _mm512_loadu_si512(from); }
  TINYFOG_INLINE static Int LoadWeights(const std::int8_t* from) {
    return _mm512_loadu_si512(from);
  }
  TINYFOG_INLINE static Int Broadcast(const Value* from) {
    return _mm512_set1_epi32(ReadWord(from));
  }
  TINYFOG_INLINE static Int Dot(Int sums, Int values, Int weights) {
    // The intrinsic makes GCC 12 copy every sum twice.
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(values), "v"(weights));
    return sums;
  }

  using Weight = std::int8_t;
  static constexpr bool kHasManyRegisters = true;
  using Inputs = Int;
  TINYFOG_INLINE static Int LoadValues(const Value* from) { return _mm512_loadu_si512(from); }
  TINYFOG_INLINE static Int LoadWide(const Weight* from) { return _mm512_loadu_si512(from); }
  /// 64 values of each row: vector v gets those with index / 4 % 4 = v, the four rows' together.
  TINYFOG_INLINE static void Interleave(const Value* const* rows, std::size_t at, Int (&to)[4]) {
    const Int a = LoadValues(rows[0] + at), b = LoadValues(rows[1] + at);
    const Int c = LoadValues(rows[2] + at), d = LoadValues(rows[3] + at);
    const Int ab_low = _mm512_unpacklo_epi8(a, b), ab_high = _mm512_unpackhi_epi8(a, b);
    const Int cd_low = _mm512_unpacklo_epi8(c, d), cd_high = _mm512_unpackhi_epi8(c, d);
    to[0] = _mm512_unpacklo_epi16(ab_low, cd_low);
    to[1] = _mm512_unpackhi_epi16(ab_low, cd_low);
    to[2] = _mm512_unpacklo_epi16(ab_high, cd_high);
    to[3] = _mm512_unpackhi_epi16(ab_high, cd_high);
  }
  /// Prepares pixels of 8, 16 or 32 channels, each second one apart. How many: a multiple of two.
  TINYFOG_INLINE static std::uint32_t Split(const std::int8_t* from, std::uint32_t pixels,
                                            std::uint32_t channels, Value* even, Value* odd) {
    // Words of eight bytes.
    Int first = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
    Int second = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
    if (channels == 16) {
      first = _mm512_setr_epi64(0, 1, 4, 5, 8, 9, 12, 13);
      second = _mm512_setr_epi64(2, 3, 6, 7, 10, 11, 14, 15);
    } else if (channels == 32) {
      first = _mm512_setr_epi64(0, 1, 2, 3, 8, 9, 10, 11);
      second = _mm512_setr_epi64(4, 5, 6, 7, 12, 13, 14, 15);
    }
    const Int bias = _mm512_set1_epi8(-128);
    const std::uint32_t step = 128 / channels;
    std::uint32_t done = 0;
    for (; done + step <= pixels; done += step, from += 128, even += 64, odd += 64) {
      const Int low = _mm512_xor_si512(_mm512_loadu_si512(from), bias);
      const Int high = _mm512_xor_si512(_mm512_loadu_si512(from + 64), bias);
      _mm512_storeu_si512(even, _mm512_permutex2var_epi64(low, first, high));
      _mm512_storeu_si512(odd, _mm512_permutex2var_epi64(low, second, high));
    }
    return done;
  }
  /// Vector `v` of what follows `low` after `places`, a multiple of four; `high` follows it.
  TINYFOG_INLINE static Int Following(const Int (&low)[4], const Int (&high)[4], int places,
                                      int v) {
    const int from = (v + places / 4) % 4;
    switch (places / 16 + (v + places % 16 / 4) / 4) {
      case 0:
        return low[from];
      case 1:
        return _mm512_alignr_epi64(high[from], low[from], 2);
      case 2:
        return _mm512_alignr_epi64(high[from], low[from], 4);
      case 3:
        return _mm512_alignr_epi64(high[from], low[from], 6);
      default:
        return high[from];
    }
  }
  using Bytes = __m512i;
  struct BytesClamp {
    Bytes min, max;
  };
  TINYFOG_INLINE static BytesClamp BytesClampOf(std::int8_t min, std::int8_t max) {
    return {_mm512_set1_epi8(min), _mm512_set1_epi8(max)};
  }
  /// The other way round, as bytes.
  TINYFOG_INLINE static Bytes Pack(const Int (&values)[4], const BytesClamp& clamp) {
    const Bytes bytes = _mm512_packs_epi16(_mm512_packs_epi32(values[0], values[1]),
                                           _mm512_packs_epi32(values[2], values[3]));
    return _mm512_max_epi8(_mm512_min_epi8(bytes, clamp.max), clamp.min);
  }
  TINYFOG_INLINE static void StoreBytes(std::int8_t* to, Bytes bytes) {
    _mm512_storeu_si512(to, bytes);
  }
  /// The first `count`, less than all.
  TINYFOG_INLINE static void StorePart(std::int8_t* to, Bytes bytes, std::uint32_t count) {
    _mm512_mask_storeu_epi8(to, (std::uint64_t{1} << count) - 1, bytes);
  }

  TINYFOG_INLINE static Int Add(Int a, Int b) { return _mm512_add_epi32(a, b); }

  /// round(fma(sum, scale, offset)).
  TINYFOG_INLINE static Int Line(Int sums, Int scale, Int offset) {
    return _mm512_cvtps_epi32(_mm512_fmadd_ps(_mm512_cvtepi32_ps(sums), _mm512_castsi512_ps(scale),
                                              _mm512_castsi512_ps(offset)));
  }
  /// `above` where the sum is not negative, else `below`.
  TINYFOG_INLINE static Int BySign(Int sums, Int above, Int below) {
    return _mm512_mask_mov_epi32(above, _mm512_movepi32_mask(sums), below);
  }
  /// Rescale(sum, multiplier, -exponent).
  TINYFOG_INLINE static Int Rescaled(Int sums, Int multiplier, Int exponent) {
    const Int half = _mm512_set1_epi64(1 << 30);
    const Int even = _mm512_add_epi64(_mm512_mul_epi32(sums, multiplier), half);
    const Int odd = _mm512_add_epi64(
        _mm512_mul_epi32(_mm512_srli_epi64(sums, 32), _mm512_srli_epi64(multiplier, 32)), half);
    const Int high =
        _mm512_mask_mov_epi32(_mm512_srli_epi64(even, 31), 0xAAAA, _mm512_slli_epi64(odd, 1));
    const __mmask16 shifts = _mm512_test_epi32_mask(exponent, exponent);
    const Int sign = _mm512_maskz_srai_epi32(shifts, high, 31);
    const Int round = _mm512_srli_epi32(_mm512_sllv_epi32(_mm512_set1_epi32(1), exponent), 1);
    return _mm512_srav_epi32(_mm512_add_epi32(_mm512_add_epi32(high, round), sign), exponent);
  }
  /// Sixteen bytes.
  TINYFOG_INLINE static Int Widen(const std::int8_t* from) {
    return _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  /// round(fma(a, a_scale, fma(b, b_scale, offset))).
  TINYFOG_INLINE static Int Plane(Int a, Int a_scale, Int b, Int b_scale, Int offset) {
    const __m512 inner = _mm512_fmadd_ps(_mm512_cvtepi32_ps(b), _mm512_castsi512_ps(b_scale),
                                         _mm512_castsi512_ps(offset));
    return _mm512_cvtps_epi32(
        _mm512_fmadd_ps(_mm512_cvtepi32_ps(a), _mm512_castsi512_ps(a_scale), inner));
  }
  TINYFOG_INLINE static Int Set(std::int32_t value) { return _mm512_set1_epi32(value); }

  struct Clamp {
    __m128i min, max;
  };
  TINYFOG_INLINE static Clamp ClampOf(std::int8_t min, std::int8_t max) {
    return {_mm_set1_epi8(min), _mm_set1_epi8(max)};
  }
  /// Writes the first `count` (1 to 16) of sixteen values as bytes.
  TINYFOG_INLINE static void Store(std::int8_t* to, const Int (&values)[1], const Clamp& clamp,
                                   std::uint32_t count) {
    const __m128i bytes =
        _mm_max_epi8(_mm_min_epi8(_mm512_cvtsepi32_epi8(values[0]), clamp.max), clamp.min);
    if (count == 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
    } else {
      _mm_mask_storeu_epi8(to, static_cast<__mmask16>((1u << count) - 1), bytes);
    }
  }
  /// Prepares 64 or 16 inputs.
  static constexpr std::uint32_t kPrepared = 64;
  TINYFOG_INLINE static void Prepare(const std::int8_t* from, Value* to) {
    _mm512_storeu_si512(to, _mm512_xor_si512(_mm512_loadu_si512(from), _mm512_set1_epi8(-128)));
  }
  TINYFOG_INLINE static void Prepare16(const std::int8_t* from, Value* to) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)),
                                   _mm_set1_epi8(-128)));
  }
};

}  // namespace tinyfog::nn::x86
