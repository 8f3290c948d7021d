#include "kernels/portable/add.h"

namespace tinyfog::nn {

void RunPreluInt8(const QuantisedBinaryParams& p, Memory memory) {
  portable::Broadcast<std::int8_t, std::int8_t>(
      p.shape, memory, [&p](std::int32_t a, std::int32_t b) {
        const std::int32_t value = WrapAdd(a, p.a_offset);
        const std::int32_t scaled =
            value >= 0 ? Rescale(value, p.output_multiplier, p.output_shift)
                       : Rescale(WrapMul(value, WrapAdd(b, p.b_offset)), p.b_multiplier, p.b_shift);
        return static_cast<std::int8_t>(
            ClampTo(WrapAdd(scaled, p.output_offset), p.clamp_min, p.clamp_max));
      });
}

void RunPreluFloat(const BinaryParams& p, Memory memory) {
  portable::Broadcast<float, float>(p.shape, memory,
                                    [](float a, float b) { return a >= 0 ? a : a * b; });
}

}  // namespace tinyfog::nn
