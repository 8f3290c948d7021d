#include "tinyfog/nn/exponential.h"
#include "tinyfog/nn/kernels/softmax.h"

namespace tinyfog::nn {
namespace {

std::int32_t HighestOf(const std::int8_t* row, std::uint32_t depth) {
  std::int32_t highest = -128;
  for (std::uint32_t i = 0; i < depth; ++i) highest = row[i] > highest ? row[i] : highest;
  return highest;
}

std::int32_t ExpOf(const SoftmaxParams& p, std::int32_t difference) {
  return ExpOfNegativeQ5(Rescale(difference, p.multiplier, p.shift));
}

void Row(const SoftmaxParams& p, const std::int8_t* x, std::int8_t* y) {
  const std::int32_t highest = HighestOf(x, p.depth);
  std::int32_t sum = 0;  // Q12
  for (std::uint32_t i = 0; i < p.depth; ++i) {
    const std::int32_t difference = x[i] - highest;
    if (difference < p.difference_min) continue;
    sum = WrapAdd(sum, DivideByPowerOfTwo(ExpOf(p, difference), 12));
  }
  const Reciprocal reciprocal = ReciprocalOfQ12(sum);
  const std::int32_t shift = reciprocal.bits + 31 - 8;
  for (std::uint32_t i = 0; i < p.depth; ++i) {
    const std::int32_t difference = x[i] - highest;
    std::int32_t value = -128;
    if (difference >= p.difference_min && shift >= 0 && shift < 32) {
      const std::int32_t q0 = DoublingHighMul(reciprocal.scale, ExpOf(p, difference));
      value = ClampTo(DivideByPowerOfTwo(q0, static_cast<unsigned>(shift)) - 128, -128, 127);
    }
    y[i] = static_cast<std::int8_t>(value);
  }
}

}  // namespace

void RunSoftmaxInt8(const SoftmaxParams& p, Memory memory) {
  const std::int8_t* x = memory.Read<std::int8_t>(p.input);
  std::int8_t* y = memory.Write<std::int8_t>(p.output);
  for (std::uint32_t row = 0; row < p.rows; ++row, x += p.depth, y += p.depth) Row(p, x, y);
}

}  // namespace tinyfog::nn
