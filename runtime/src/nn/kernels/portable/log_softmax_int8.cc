#include "tinyfog/nn/kernels/softmax.h"
#include "tinyfog/nn/logarithm.h"

namespace tinyfog::nn {
namespace {

void Row(const SoftmaxParams& p, const std::int8_t* x, std::int8_t* y) {
  std::int32_t highest = -128;
  for (std::uint32_t i = 0; i < p.depth; ++i) highest = x[i] > highest ? x[i] : highest;
  std::int32_t sum = 0;  // Q12
  for (std::uint32_t i = 0; i < p.depth; ++i) {
    const std::int32_t difference = x[i] - highest;
    if (difference < p.difference_min) continue;
    const std::int32_t q5 = Rescale(difference, p.multiplier, p.shift);
    sum = WrapAdd(sum, DivideByPowerOfTwo(ExpOfNegativeQ5(q5), 12));
  }
  const std::int32_t log_sum = LogOfQ12(sum);
  const std::int32_t lowest =
      Rescale(WrapAdd(log_sum, INT32_MIN), p.reverse_multiplier, p.reverse_shift);
  const std::int32_t limit = lowest > p.difference_min - 1 ? lowest : p.difference_min - 1;
  for (std::uint32_t i = 0; i < p.depth; ++i) {
    const std::int32_t difference = x[i] - highest;
    std::int32_t value = -128;
    if (difference > limit) {
      const std::int32_t q5 = Rescale(difference, p.multiplier, p.shift);
      value = ClampTo(DivideByPowerOfTwo(WrapSub(q5, log_sum), 22) + 127, -128, 127);
    }
    y[i] = static_cast<std::int8_t>(value);
  }
}

}  // namespace

void RunLogSoftmaxInt8(const SoftmaxParams& p, Memory memory) {
  const std::int8_t* x = memory.Read<std::int8_t>(p.input);
  std::int8_t* y = memory.Write<std::int8_t>(p.output);
  for (std::uint32_t row = 0; row < p.rows; ++row, x += p.depth, y += p.depth) Row(p, x, y);
}

}  // namespace tinyfog::nn
