#include "kernels/portable/add.h"
#include "kernels/portable/compare.h"

namespace tinyfog::nn {

void RunCompareInt8(const QuantisedBinaryParams& p, Memory memory) {
  const BinaryOp op = static_cast<BinaryOp>(p.op);
  portable::Broadcast<std::int8_t, std::uint8_t>(
      p.shape, memory, [&p, op](std::int32_t a, std::int32_t b) -> std::uint8_t {
        return portable::Compare(op, portable::ScaledA(p, a), portable::ScaledB(p, b));
      });
}

}  // namespace tinyfog::nn
