#pragma once

#include <immintrin.h>

#include "kernels/x86/inline.h"

namespace tinyfog::nn::x86 {

/// Eight floats. `Self` keeps the files' functions apart.
template <class Self>
struct Reals256 {
  static constexpr int kLanes = 8;
  static constexpr int kBlocks = 1;
  static constexpr int kPixels = 6;
  static constexpr int kNarrowBlocks = 2;
  static constexpr int kNarrowPixels = 2;
  static constexpr int kLastPixels = 12;
  static constexpr int kColumns = 8;
  using Real = __m256;

  TINYFOG_INLINE static Real Load(const float* from) { return _mm256_loadu_ps(from); }
  TINYFOG_INLINE static Real Set(float value) { return _mm256_set1_ps(value); }
  TINYFOG_INLINE static Real Fma(Real a, Real b, Real sum) {
    sum = _mm256_fmadd_ps(a, b, sum);
    // Without this GCC reorders the sums, needs more registers than there are and spills.
    asm("" : "+x"(sum));
    return sum;
  }
  TINYFOG_INLINE static Real Add(Real a, Real b) { return _mm256_add_ps(a, b); }
  TINYFOG_INLINE static Real Subtract(Real a, Real b) { return _mm256_sub_ps(a, b); }
  TINYFOG_INLINE static Real Divide(Real a, Real b) { return _mm256_div_ps(a, b); }
  TINYFOG_INLINE static Real AtLeast(Real value, Real least) { return _mm256_max_ps(least, value); }
  TINYFOG_INLINE static Real AtMost(Real value, Real most) { return _mm256_min_ps(most, value); }
  TINYFOG_INLINE static void Store(float* to, Real value) { _mm256_storeu_ps(to, value); }
  TINYFOG_INLINE static void Store(float* to, Real value, std::uint32_t count) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i limit = _mm256_set1_epi32(static_cast<int>(count));
    _mm256_maskstore_ps(to, _mm256_cmpgt_epi32(limit, lanes), value);
  }
};

}  // namespace tinyfog::nn::x86
