#pragma once

#include <immintrin.h>

#include "kernels/x86/inline.h"

namespace tinyfog::nn::x86 {

/// Sixteen channels of four rows, each value + 128: the four of a channel together.
TINYFOG_INLINE void InterleaveQuads(const std::int8_t* const (&rows)[4], std::uint8_t* to) {
  const __m128i bias = _mm_set1_epi8(-128);
  const auto load = [&](int i) __attribute__((always_inline)) {
    return _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(rows[i])), bias);
  };
  const __m128i a = load(0), b = load(1), c = load(2), d = load(3);
  const __m128i ab_low = _mm_unpacklo_epi8(a, b), ab_high = _mm_unpackhi_epi8(a, b);
  const __m128i cd_low = _mm_unpacklo_epi8(c, d), cd_high = _mm_unpackhi_epi8(c, d);
  auto* quads = reinterpret_cast<__m128i*>(to);
  _mm_storeu_si128(quads, _mm_unpacklo_epi16(ab_low, cd_low));
  _mm_storeu_si128(quads + 1, _mm_unpackhi_epi16(ab_low, cd_low));
  _mm_storeu_si128(quads + 2, _mm_unpacklo_epi16(ab_high, cd_high));
  _mm_storeu_si128(quads + 3, _mm_unpackhi_epi16(ab_high, cd_high));
}

}  // namespace tinyfog::nn::x86
