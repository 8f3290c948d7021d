#pragma once

#include "kernels/dsp_core.h"

namespace tinyfog::nn {

/// ADD over void Core::Add(const DspAdd&).
template <class Core>
void DspAddition(const DspAddParams& p, Memory memory) {
  DspAdd add;
  add.a = memory.Read<std::int8_t>(p.a);
  add.b = memory.Read<std::int8_t>(p.b);
  add.output = memory.Write<std::int8_t>(p.output);
  add.a_factor = 1 << (p.a_left & 31);
  add.a_bias = -p.a_zero_point * add.a_factor;
  add.a_multiplier = p.a_multiplier;
  add.a_half = 1 << (p.a_exponent & 31);
  add.a_shift = p.a_exponent + 1u;
  add.b_bias = -p.b_zero_point * (1 << 20);
  add.output_multiplier = p.output_multiplier;
  add.output_exponent = p.output_exponent & 31;
  add.rounding = static_cast<std::int32_t>(static_cast<std::uint32_t>(2 * p.output_zero_point + 1)
                                           << add.output_exponent);
  add.count = p.count;
  Core::Add(add);
}

}  // namespace tinyfog::nn
