#pragma once

#include "kernels/dsp_core.h"

namespace tinyfog::nn {

/// FULLY_CONNECTED over uint32_t Core::Rows(const DspRowsDot&), which returns the bytes of four
/// outputs, the first in the lowest.
template <class Core>
void DspFullyConnected(const DspFullyConnectedParams& p, Memory memory) {
  const std::uint32_t quads = (p.inputs + 3) / 4;
  const std::int8_t* input = memory.Read<std::int8_t>(p.input);
  std::int8_t* output = memory.Write<std::int8_t>(p.output);
  DspRowsDot dot;
  dot.quads = quads;
  dot.rounding = 2 * p.output_zero_point + 1;
  dot.scale_step = p.uniform ? 0 : sizeof(DspScale);
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    dot.input = input + n * p.inputs;
    dot.weights = memory.Read<std::int8_t>(p.weights);
    dot.biases = memory.Read<std::int32_t>(p.biases);
    dot.scales = memory.Read<DspScale>(p.scales);
    for (std::uint32_t m = 0; m < p.outputs; m += 4) {
      std::uint32_t four = Core::Rows(dot);
      for (std::uint32_t i = m; i < p.outputs && i < m + 4; ++i, four >>= 8) {
        *output++ = static_cast<std::int8_t>(four);
      }
      dot.weights += quads * 16;
      dot.biases += 4;
      if (!p.uniform) dot.scales += 4;
    }
  }
}

}  // namespace tinyfog::nn
