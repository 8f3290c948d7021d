#include "kernels/portable/sigmoid16.h"
#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::nn {

void RunLookup16(const Lookup16Params& p, Memory memory) {
  const std::int16_t* input = memory.Read<std::int16_t>(p.input);
  const std::uint16_t* table = memory.Read<std::uint16_t>(p.table);
  std::int16_t* output = memory.Write<std::int16_t>(p.output);
  const std::int32_t half = p.shift > 0 ? 1 << (p.shift - 1) : 0;
  for (std::uint32_t i = 0; i < p.count; ++i) {
    const std::int32_t x = WrapAdd(WrapMul(input[i], p.multiplier), half) >> p.shift;
    output[i] = p.tanh ? portable::Tanh16(table, x) : portable::Logistic16(table, x);
  }
}

}  // namespace tinyfog::nn
