#include "kernels/portable/integer_view.h"
#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::nn {

void RunCast(const CastParams& p, Memory memory) {
  const std::uint8_t* input = memory.Read<std::uint8_t>(p.input);
  std::uint8_t* output = memory.Write<std::uint8_t>(p.output);
  const Type from = static_cast<Type>(p.input_type);
  const Type to = static_cast<Type>(p.output_type);
  for (std::uint32_t i = 0; i < p.count; ++i) {
    const bool is_float = from == Type::kFloat32;
    const float real = is_float ? reinterpret_cast<const float*>(input)[i] : 0;
    const std::int32_t integer = is_float ? 0 : portable::Load(input, from, i);
    if (to == Type::kFloat32) {
      reinterpret_cast<float*>(output)[i] = is_float ? real : static_cast<float>(integer);
    } else if (to == Type::kBool) {
      output[i] = is_float ? real != 0 : integer != 0;
    } else {
      portable::Store(output, to, i, is_float ? portable::Truncated(real, to) : integer);
    }
  }
}

}  // namespace tinyfog::nn
