#include <cmath>

#include "kernels/portable/integer_view.h"
#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::nn {

void RunQuantizeFloat(const QuantizeParams& p, Memory memory) {
  const float* input = memory.Read<float>(p.input);
  std::uint8_t* output = memory.Write<std::uint8_t>(p.output);
  const Type type = static_cast<Type>(p.type);
  for (std::uint32_t i = 0; i < p.count; ++i) {
    const std::int32_t rounded = portable::Truncated(std::round(input[i] / p.scale), Type::kInt32);
    // Saturate before the zero point is added, so that the sum cannot wrap round.
    const std::int32_t value = ClampTo(rounded, -0x40000000, 0x40000000);
    portable::Store(
        output, type, i,
        ClampTo(WrapAdd(value, p.zero_point), portable::LowestOf(type), portable::HighestOf(type)));
  }
}

void RunDequantize(const QuantizeParams& p, Memory memory) {
  const std::uint8_t* input = memory.Read<std::uint8_t>(p.input);
  float* output = memory.Write<float>(p.output);
  const Type type = static_cast<Type>(p.type);
  for (std::uint32_t i = 0; i < p.count; ++i) {
    output[i] = p.scale * static_cast<float>(WrapSub(portable::Load(input, type, i), p.zero_point));
  }
}

}  // namespace tinyfog::nn
