#include "kernels/portable/integer_view.h"
#include "tinyfog/nn/kernels/unary.h"

namespace tinyfog::nn {

void RunRequantize(const RequantizeParams& p, Memory memory) {
  const std::uint8_t* input = memory.Read<std::uint8_t>(p.input);
  std::uint8_t* output = memory.Write<std::uint8_t>(p.output);
  const Type from = static_cast<Type>(p.input_type);
  const Type to = static_cast<Type>(p.output_type);
  for (std::uint32_t i = 0; i < p.count; ++i) {
    std::int32_t value = WrapSub(portable::Load(input, from, i), p.zero_point);
    const bool negative = value < 0;
    if (negative && p.absolute) value = WrapSub(0, value);
    value = negative && !p.absolute ? Rescale(value, p.negative_multiplier, p.negative_shift)
                                    : Rescale(value, p.multiplier, p.shift);
    value = ClampTo(WrapAdd(value, p.output_offset), p.clamp_min, p.clamp_max);
    portable::Store(output, to, i, value);
  }
}

}  // namespace tinyfog::nn
