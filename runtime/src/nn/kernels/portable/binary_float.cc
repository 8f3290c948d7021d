#include <bit>
#include <cmath>

#include "kernels/portable/binary.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::nn {
namespace {

float Apply(BinaryOp op, float a, float b) {
  switch (op) {
    case BinaryOp::kAdd:
      return a + b;
    case BinaryOp::kSub:
      return a - b;
    case BinaryOp::kMul:
      return a * b;
    case BinaryOp::kDiv:
      return a / b;
    case BinaryOp::kSquaredDifference:
      return (a - b) * (a - b);
    case BinaryOp::kFloorDiv:
      return std::floor(a / b);
    case BinaryOp::kFloorMod: {
      const float remainder = std::fmod(a, b);
      return remainder != 0 && (b < 0) != (remainder < 0) ? remainder + b : remainder;
    }
    default:
      return a;
  }
}

}  // namespace

void RunBinaryFloat(const BinaryParams& p, Memory memory) {
  if (portable::CompareOrSelect<float>(p, memory)) return;
  const float lowest = std::bit_cast<float>(p.clamp_min);
  const float highest = std::bit_cast<float>(p.clamp_max);
  portable::Broadcast<float, float>(p.shape, memory, [=, op = p.op](float a, float b) {
    return ClampTo(Apply(op, a, b), lowest, highest);
  });
}

}  // namespace tinyfog::nn
