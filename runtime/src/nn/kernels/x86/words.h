#pragma once

#include <cstdint>

#include "kernels/x86/inline.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace tinyfog::nn::x86 {

/// Sixteen sums of 16 bits; V keeps the variants apart.
template <class V>
struct Words {
#if defined(__AVX2__)
  __m256i sums = _mm256_setzero_si256();

  TINYFOG_INLINE void Add(const std::int8_t* bytes) {
    const __m128i values = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    sums = _mm256_add_epi16(sums, _mm256_cvtepi8_epi16(values));
  }
#else
  std::int16_t sums[16] = {};

  TINYFOG_INLINE void Add(const std::int8_t* bytes) {
    for (int i = 0; i < 16; ++i) sums[i] = static_cast<std::int16_t>(sums[i] + bytes[i]);
  }
#endif
  TINYFOG_INLINE void AddTo(std::int32_t* totals) const {
    std::int16_t part[16];
    __builtin_memcpy(part, &sums, sizeof(part));
    for (int i = 0; i < 16; ++i) totals[i] += part[i];
  }
};

}  // namespace tinyfog::nn::x86
