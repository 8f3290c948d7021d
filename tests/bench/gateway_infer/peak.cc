#include "peak.h"

#include <algorithm>
#include <chrono>

namespace tinyfog::bench {
namespace {

// Twelve independent sums hide the latency.
#define TINYFOG_TWELVE(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)

constexpr int kLoops = 4000;

// The best of many runs of `loop`, which makes `products` each time.
template <class Loop>
double Best(Loop loop, double products) {
  double best = 0;
  for (int i = 0; i < 300; ++i) {
    const auto start = std::chrono::steady_clock::now();
    for (int k = 0; k < kLoops; ++k) loop();
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    best = std::max(best, products * kLoops / spent.count());
  }
  return best;
}

#if defined(__x86_64__)
// The values are of no interest, only that they are no denormals: registers are cleared first.
#define TINYFOG_CLEAR(n) "vpxor %%xmm" #n ", %%xmm" #n ", %%xmm" #n "\n"
#define TINYFOG_PAIRS(n) \
  "vpmaddwd %%ymm12, %%ymm13, %%ymm14\n vpaddd %%ymm14, %%ymm" #n ", %%ymm" #n "\n"
#define TINYFOG_QUADS256(n) "%{vex%} vpdpbusd %%ymm12, %%ymm13, %%ymm" #n "\n"
#define TINYFOG_QUADS512(n) "vpdpbusd %%zmm12, %%zmm13, %%zmm" #n "\n"
#define TINYFOG_REAL256(n) "vfmadd231ps %%ymm12, %%ymm13, %%ymm" #n "\n"
#define TINYFOG_REAL512(n) "vfmadd231ps %%zmm12, %%zmm13, %%zmm" #n "\n"
#define TINYFOG_CLOBBERED                                                                  \
  "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
      "xmm11", "xmm12", "xmm13", "xmm14"

void Clear() {
  asm volatile(TINYFOG_TWELVE(TINYFOG_CLEAR) TINYFOG_CLEAR(12) TINYFOG_CLEAR(13)::
                   : TINYFOG_CLOBBERED);
}
#endif

}  // namespace

Peak MeasurePeak(nn::X86Isa isa) {
#if defined(__x86_64__)
  if (!nn::IsSupported(isa)) return {};
  Clear();
  const auto real256 = [] { asm volatile(TINYFOG_TWELVE(TINYFOG_REAL256)::: TINYFOG_CLOBBERED); };
  switch (isa) {
    case nn::X86Isa::kAvx2:
      return {Best(
                  [] {
                    asm volatile(TINYFOG_TWELVE(TINYFOG_PAIRS)::: TINYFOG_CLOBBERED);
                  },
                  12 * 16),
              Best(real256, 12 * 8)};
    case nn::X86Isa::kAvxVnni:
      return {Best(
                  [] {
                    asm volatile(TINYFOG_TWELVE(TINYFOG_QUADS256)::: TINYFOG_CLOBBERED);
                  },
                  12 * 32),
              Best(real256, 12 * 8)};
    case nn::X86Isa::kAvx512Vnni:
      return {Best(
                  [] {
                    asm volatile(TINYFOG_TWELVE(TINYFOG_QUADS512)::: TINYFOG_CLOBBERED);
                  },
                  12 * 64),
              Best(
                  [] {
                    asm volatile(TINYFOG_TWELVE(TINYFOG_REAL512)::: TINYFOG_CLOBBERED);
                  },
                  12 * 16)};
    default:
      return {};
  }
#else
  return {};
#endif
}

}  // namespace tinyfog::bench
