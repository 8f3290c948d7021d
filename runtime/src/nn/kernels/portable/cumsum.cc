#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/reduce.h"

namespace tinyfog::nn {
namespace {

// Walks each line in its direction; `next(element index)` sees them in order, `begin()` between.
template <class Begin, class Next>
void ForEachLine(const CumsumParams& p, Begin begin, Next next) {
  for (std::uint32_t o = 0; o < p.outer; ++o) {
    for (std::uint32_t i = 0; i < p.inner; ++i) {
      begin();
      for (std::uint32_t k = 0; k < p.axis; ++k) {
        const std::uint32_t at = p.reverse ? p.axis - 1 - k : k;
        next((o * p.axis + at) * p.inner + i);
      }
    }
  }
}

}  // namespace

void RunCumsumInt8(const CumsumParams& p, Memory memory) {
  const std::int8_t* x = memory.Read<std::int8_t>(p.input);
  std::int8_t* y = memory.Write<std::int8_t>(p.output);
  std::int32_t sum = 0;
  ForEachLine(
      p, [&sum] { sum = 0; },
      [&](std::uint32_t at) {
        const std::int32_t before = sum;
        const std::int32_t shifted = ShiftLeft(WrapSub(x[at], p.zero_point), 20);
        sum = WrapAdd(sum, Rescale(shifted, p.multiplier, p.shift));
        const std::int32_t raw =
            Rescale(p.exclusive ? before : sum, p.output_multiplier, p.output_shift);
        y[at] = static_cast<std::int8_t>(ClampTo(WrapAdd(raw, p.output_offset), -128, 127));
      });
}

void RunCumsumFloat(const CumsumParams& p, Memory memory) {
  const float* x = memory.Read<float>(p.input);
  float* y = memory.Write<float>(p.output);
  float sum = 0;
  ForEachLine(
      p, [&sum] { sum = 0; },
      [&](std::uint32_t at) {
        const float before = sum;
        sum += x[at];
        y[at] = p.exclusive ? before : sum;
      });
}

}  // namespace tinyfog::nn
