#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/x86/inline.h"

namespace tinyfog::nn::x86 {

/// What the variants of 256 bits share: eight sums. `Self` keeps their functions apart, since each
/// file is compiled for its own instructions.
template <class Self>
struct Vector256 {
  static constexpr int kLanes = 8;
  static constexpr int kPixels = 6;
  static constexpr int kBlocks = 1;
  static constexpr int kLastPixels = 10;
  static constexpr bool kHasManyRegisters = false;
  using Int = __m256i;

  TINYFOG_INLINE static Int LoadBytes(const void* from) {
    return _mm256_loadu_si256(static_cast<const Int*>(from));
  }
  TINYFOG_INLINE static Int Load(const std::int32_t* from) { return LoadBytes(from); }
  TINYFOG_INLINE static Int Add(Int a, Int b) { return _mm256_add_epi32(a, b); }
  TINYFOG_INLINE static Int Sub(Int a, Int b) { return _mm256_sub_epi32(a, b); }
  TINYFOG_INLINE static Int Multiply(Int a, Int b) { return _mm256_mullo_epi32(a, b); }
  TINYFOG_INLINE static Int Shift(Int a, int left) { return _mm256_slli_epi32(a, left); }
  TINYFOG_INLINE static Int ShiftRight(Int a, int right) { return _mm256_srai_epi32(a, right); }
  TINYFOG_INLINE static void StoreInt(std::int32_t* to, Int a) {
    _mm256_storeu_si256(reinterpret_cast<Int*>(to), a);
  }
  TINYFOG_INLINE static Int Line(Int sums, Int scale, Int offset) {
    return _mm256_cvtps_epi32(_mm256_fmadd_ps(_mm256_cvtepi32_ps(sums), _mm256_castsi256_ps(scale),
                                              _mm256_castsi256_ps(offset)));
  }
  TINYFOG_INLINE static Int BySign(Int sums, Int above, Int below) {
    return _mm256_castps_si256(_mm256_blendv_ps(
        _mm256_castsi256_ps(above), _mm256_castsi256_ps(below), _mm256_castsi256_ps(sums)));
  }
  TINYFOG_INLINE static Int Rescaled(Int sums, Int multiplier, Int exponent) {
    const Int half = _mm256_set1_epi64x(1 << 30);
    const Int even = _mm256_add_epi64(_mm256_mul_epi32(sums, multiplier), half);
    const Int odd = _mm256_add_epi64(
        _mm256_mul_epi32(_mm256_srli_epi64(sums, 32), _mm256_srli_epi64(multiplier, 32)), half);
    const Int high =
        _mm256_blend_epi32(_mm256_srli_epi64(even, 31), _mm256_slli_epi64(odd, 1), 0xAA);
    const Int is_zero = _mm256_cmpeq_epi32(exponent, _mm256_setzero_si256());
    const Int sign = _mm256_andnot_si256(is_zero, _mm256_srai_epi32(high, 31));
    const Int round = _mm256_srli_epi32(_mm256_sllv_epi32(_mm256_set1_epi32(1), exponent), 1);
    return _mm256_srav_epi32(_mm256_add_epi32(_mm256_add_epi32(high, round), sign), exponent);
  }
  TINYFOG_INLINE static Int Widen(const std::int8_t* from) {
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)));
  }
  TINYFOG_INLINE static Int Plane(Int a, Int a_scale, Int b, Int b_scale, Int offset) {
    const __m256 inner = _mm256_fmadd_ps(_mm256_cvtepi32_ps(b), _mm256_castsi256_ps(b_scale),
                                         _mm256_castsi256_ps(offset));
    return _mm256_cvtps_epi32(
        _mm256_fmadd_ps(_mm256_cvtepi32_ps(a), _mm256_castsi256_ps(a_scale), inner));
  }
  TINYFOG_INLINE static Int Set(std::int32_t value) { return _mm256_set1_epi32(value); }

  struct Clamp {
    __m128i min, max;
  };
  TINYFOG_INLINE static Clamp ClampOf(std::int8_t min, std::int8_t max) {
    return {_mm_set1_epi8(min), _mm_set1_epi8(max)};
  }
  TINYFOG_INLINE static void Store(std::int8_t* to, const Int (&values)[2], const Clamp& clamp,
                                   std::uint32_t count) {
    const Int words = _mm256_packs_epi32(values[0], values[1]);
    // Both packs work on halves: values 0-3, 8-11 lie in the lower one, 4-7, 12-15 in the upper.
    const Int packed = _mm256_permutevar8x32_epi32(_mm256_packs_epi16(words, words),
                                                   _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5));
    __m128i bytes = _mm256_castsi256_si128(packed);
    bytes = _mm_max_epi8(_mm_min_epi8(bytes, clamp.max), clamp.min);
    if (count == 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), bytes);
      return;
    }
    StoreFirst(to, bytes, count);
  }

 protected:
  /// The first `count` bytes, less than 16.
  TINYFOG_INLINE static void StoreFirst(std::int8_t* to, __m128i bytes, std::uint32_t count) {
    // In pieces: whole vectors over the next pixel's bytes would make its loads wait.
    if ((count & 8) != 0) {
      _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
      bytes = _mm_srli_si128(bytes, 8);
      to += 8;
    }
    std::uint64_t rest = static_cast<std::uint64_t>(_mm_cvtsi128_si64(bytes));
    if ((count & 4) != 0) {
      __builtin_memcpy(to, &rest, 4);
      rest >>= 32;
      to += 4;
    }
    if ((count & 2) != 0) {
      __builtin_memcpy(to, &rest, 2);
      rest >>= 16;
      to += 2;
    }
    if ((count & 1) != 0) *to = static_cast<std::int8_t>(rest);
  }
};

}  // namespace tinyfog::nn::x86
