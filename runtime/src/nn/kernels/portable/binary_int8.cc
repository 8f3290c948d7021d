#include "kernels/portable/binary.h"

namespace tinyfog::nn {

void RunBinaryInt8(const BinaryParams& p, Memory memory) {
  if (portable::CompareOrSelect<std::int8_t>(p, memory)) return;
  if (p.op == BinaryOp::kAnd) {
    portable::Broadcast<std::int8_t, std::int8_t>(
        p.shape, memory, [](std::int8_t a, std::int8_t b) -> std::int8_t { return a && b; });
  } else if (p.op == BinaryOp::kOr) {
    portable::Broadcast<std::int8_t, std::int8_t>(
        p.shape, memory, [](std::int8_t a, std::int8_t b) -> std::int8_t { return a || b; });
  }
}

}  // namespace tinyfog::nn
