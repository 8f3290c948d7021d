#pragma once

#include <immintrin.h>

#include "kernels/x86/inline.h"

namespace tinyfog::nn::x86 {

/// Sixteen floats.
struct RealsAvx512 {
  static constexpr int kLanes = 16;
  static constexpr int kBlocks = 2;        // of sixteen outputs of one tile
  static constexpr int kPixels = 12;       // of one tile
  static constexpr int kNarrowBlocks = 4;  // of a tile of up to kNarrowPixels
  static constexpr int kNarrowPixels = 6;
  static constexpr int kLastPixels = 16;  // of a tile with one vector of outputs
  static constexpr int kColumns = 8;      // of one tile of a depthwise convolution
  using Real = __m512;

  TINYFOG_INLINE static Real Load(const float* from) { return _mm512_loadu_ps(from); }
  TINYFOG_INLINE static Real Set(float value) { return _mm512_set1_ps(value); }
  /// a * b + sum, rounded once.
  TINYFOG_INLINE static Real Fma(Real a, Real b, Real sum) { return _mm512_fmadd_ps(a, b, sum); }
  TINYFOG_INLINE static Real Add(Real a, Real b) { return _mm512_add_ps(a, b); }
  TINYFOG_INLINE static Real Subtract(Real a, Real b) { return _mm512_sub_ps(a, b); }
  TINYFOG_INLINE static Real Divide(Real a, Real b) { return _mm512_div_ps(a, b); }
  /// `value` is what a comparison with NaN gives.
  TINYFOG_INLINE static Real AtLeast(Real value, Real least) { return _mm512_max_ps(least, value); }
  TINYFOG_INLINE static Real AtMost(Real value, Real most) { return _mm512_min_ps(most, value); }
  TINYFOG_INLINE static void Store(float* to, Real value) { _mm512_storeu_ps(to, value); }
  /// The first `count` values, none to all.
  TINYFOG_INLINE static void Store(float* to, Real value, std::uint32_t count) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>((1u << count) - 1), value);
  }
};

}  // namespace tinyfog::nn::x86
