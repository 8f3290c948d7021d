#pragma once

#include "kernels/x86/reals_256.h"
#include "kernels/x86/vector_256.h"

namespace tinyfog::nn::x86 {

/// Sums of products of two 16-bit values.
struct Avx2 : Vector256<Avx2> {
  static constexpr std::uint32_t kStep = 2;
  using Value = std::int16_t;
  using Reals = Reals256<Avx2>;

  TINYFOG_INLINE static Int LoadWeights(const std::int8_t* from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  TINYFOG_INLINE static Int Broadcast(const Value* from) {
    return _mm256_set1_epi32(ReadWord(from));
  }
  TINYFOG_INLINE static Int Dot(Int sums, Int values, Int weights) {
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(values, weights));
    // Without this GCC reorders the additions, needs more registers than there are and spills.
    asm("" : "+x"(sums));
    return sums;
  }
  TINYFOG_INLINE static Int LoadValues(const Value* from) { return LoadBytes(from); }
  /// Sixteen channels of two rows: the values of a channel together.
  TINYFOG_INLINE static void Interleave(const std::int8_t* const (&rows)[2], Value* to) {
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[0]));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[1]));
    auto* pairs = reinterpret_cast<Int*>(to);
    _mm256_storeu_si256(pairs, _mm256_cvtepi8_epi16(_mm_unpacklo_epi8(a, b)));
    _mm256_storeu_si256(pairs + 1, _mm256_cvtepi8_epi16(_mm_unpackhi_epi8(a, b)));
  }
  static constexpr std::uint32_t kPrepared = 16;
  TINYFOG_INLINE static void Prepare(const std::int8_t* from, Value* to) {
    _mm256_storeu_si256(reinterpret_cast<Int*>(to), LoadWeights(from));
  }
  TINYFOG_INLINE static void Prepare16(const std::int8_t* from, Value* to) { Prepare(from, to); }
};

}  // namespace tinyfog::nn::x86
