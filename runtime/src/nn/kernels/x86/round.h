#pragma once

#include "kernels/x86/inline.h"
#include "tinyfog/nn/kernels/x86.h"

namespace tinyfog::nn::x86 {

/// Requantises vectors `first` and on (sixteen channels) of each pixel and writes `count` outputs.
template <class V, int kTile, int kVectors>
TINYFOG_INLINE void RoundTile(typename V::Int (&sums)[kTile][kVectors], int first,
                              const X86Channels& channels, const typename V::Clamp& clamp,
                              std::int8_t* output, std::size_t output_step, std::uint32_t count) {
  using Int = typename V::Int;
  constexpr int kHalves = 16 / V::kLanes;
  const auto all = [&](auto round) {
    Int a[kHalves], b[kHalves], c[kHalves];
#pragma GCC unroll 2
    for (int h = 0; h < kHalves; ++h) {
      a[h] = V::Load(channels.a + h * V::kLanes);
      b[h] = V::Load(channels.b + h * V::kLanes);
      c[h] = V::Load(channels.c + h * V::kLanes);
    }
#pragma GCC unroll 16
    for (int m = 0; m < kTile; ++m) {
      Int rounded[kHalves];
#pragma GCC unroll 2
      for (int h = 0; h < kHalves; ++h) {
        // The second half may be one that nothing needs.
        const int v = first + h < kVectors ? first + h : first;
        rounded[h] = round(sums[m][v], a[h], b[h], c[h]);
      }
      V::Store(output + static_cast<std::size_t>(m) * output_step, rounded, clamp, count);
    }
  };
  switch (channels.rounding) {
    case X86Rounding::kLine:
      all([](const Int& sum, const Int& a, const Int& b, const Int&)
              __attribute__((always_inline)) { return V::Line(sum, a, b); });
      break;
    case X86Rounding::kTwoLines:
      all([](const Int& sum, const Int& a, const Int& b, const Int& c)
              __attribute__((always_inline)) { return V::Line(sum, a, V::BySign(sum, b, c)); });
      break;
    default: {
      const Int zero_point = V::Set(channels.zero_point);
      all([&](const Int& sum, const Int& a, const Int& b, const Int&) __attribute__((
          always_inline)) { return V::Add(V::Rescaled(sum, a, b), zero_point); });
    }
  }
}

}  // namespace tinyfog::nn::x86
