#include "kernels/portable/binary.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::nn {
namespace {

std::int32_t Apply(BinaryOp op, std::int32_t a, std::int32_t b) {
  switch (op) {
    case BinaryOp::kAdd:
      return WrapAdd(a, b);
    case BinaryOp::kSub:
      return WrapSub(a, b);
    case BinaryOp::kMul:
      return WrapMul(a, b);
    case BinaryOp::kDiv:
      return b == 0 || (a == INT32_MIN && b == -1) ? a : a / b;
    default:
      return a;
  }
}

}  // namespace

void RunBinaryInt32(const BinaryParams& p, Memory memory) {
  if (portable::CompareOrSelect<std::int32_t>(p, memory)) return;
  portable::Broadcast<std::int32_t, std::int32_t>(
      p.shape, memory, [&p](std::int32_t a, std::int32_t b) {
        return ClampTo(Apply(p.op, a, b), p.clamp_min, p.clamp_max);
      });
}

}  // namespace tinyfog::nn
