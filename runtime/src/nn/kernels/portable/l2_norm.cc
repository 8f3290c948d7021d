#include <bit>
#include <cmath>

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/softmax.h"

namespace tinyfog::nn {
namespace {

// 1 / sqrt(x) in fixed point, as TFLite's GetInvSqrtQuantizedMultiplierExp.
Scale InverseRoot(std::int32_t x) {
  if (x <= 1) return {INT32_MAX, 0};
  std::int32_t shift = 11;
  for (; x >= (1 << 29); x /= 4) ++shift;
  const int pairs = (std::countl_zero(static_cast<std::uint32_t>(x)) - 1) / 2 - 1;
  shift -= pairs;
  x = ShiftLeft(x, static_cast<unsigned>(2 * pairs));
  constexpr std::int32_t kThreeHalves = (1 << 28) + (1 << 27);  // Q3
  constexpr std::int32_t kRootHalf = 1518500250;                // Q0
  const std::int32_t input = x >> 1;                            // Q3
  const std::int32_t half = DivideByPowerOfTwo(input, 1);
  std::int32_t y = 1 << 28;  // Q3
  for (int i = 0; i < 5; ++i) {
    const std::int32_t square = DoublingHighMul(y, y);                   // Q6
    const std::int32_t cube = ShiftLeft(DoublingHighMul(square, y), 6);  // Q9 -> Q3
    const std::int32_t difference =
        WrapSub(DoublingHighMul(kThreeHalves, y), DoublingHighMul(half, cube));  // Q6
    y = ShiftLeft(difference, 3);
  }
  y = DoublingHighMul(y, kRootHalf);
  if (shift < 0) {
    y = ShiftLeft(y, static_cast<unsigned>(-shift));
    shift = 0;
  }
  return {y, -shift};
}

}  // namespace

void RunL2NormInt8(const L2NormParams& p, Memory memory) {
  const std::int8_t* x = memory.Read<std::int8_t>(p.input);
  std::int8_t* y = memory.Write<std::int8_t>(p.output);
  for (std::uint32_t row = 0; row < p.rows; ++row, x += p.depth, y += p.depth) {
    std::int32_t sum = 0;
    for (std::uint32_t i = 0; i < p.depth; ++i) {
      const std::int32_t value = WrapSub(x[i], p.zero_point);
      sum = WrapAdd(sum, WrapMul(value, value));
    }
    const Scale inverse = InverseRoot(sum);
    for (std::uint32_t i = 0; i < p.depth; ++i) {
      const std::int32_t value =
          Rescale(WrapSub(x[i], p.zero_point), inverse.multiplier, inverse.shift + 7);
      y[i] = static_cast<std::int8_t>(ClampTo(value, -128, 127));
    }
  }
}

void RunL2NormFloat(const L2NormParams& p, Memory memory) {
  constexpr float kEpsilon = 1e-6f;
  const float* x = memory.Read<float>(p.input);
  float* y = memory.Write<float>(p.output);
  for (std::uint32_t row = 0; row < p.rows; ++row, x += p.depth, y += p.depth) {
    float sum = 0;
    for (std::uint32_t i = 0; i < p.depth; ++i) sum += x[i] * x[i];
    const float root = std::sqrt(sum);
    const float norm = root > kEpsilon ? root : kEpsilon;
    for (std::uint32_t i = 0; i < p.depth; ++i) y[i] = x[i] / norm;
  }
}

}  // namespace tinyfog::nn
