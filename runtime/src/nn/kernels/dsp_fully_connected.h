#pragma once

#include "kernels/dsp_core.h"

namespace tinyfog::nn {

/// FULLY_CONNECTED over void Core::Rows(const DspRowsDot&).
template <class Core>
void DspFullyConnected(const DspFullyConnectedParams& p, Memory memory) {
  DspRowsDot dot;
  dot.input = memory.Read<std::int8_t>(p.input);
  dot.weights = memory.Read<std::int8_t>(p.weights);
  dot.biases = memory.Read<std::int32_t>(p.biases);
  dot.scales = memory.Read<DspScale>(p.scales);
  dot.output = memory.Write<std::int8_t>(p.output);
  dot.scale_step = p.uniform ? 0 : sizeof(DspScale);
  dot.quads = (p.inputs + 3) / 4;
  dot.outputs = p.outputs;
  dot.rounding = 2 * p.output_zero_point + 1;
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    Core::Rows(dot);
    dot.input += p.inputs;
    dot.output += p.outputs;
  }
}

}  // namespace tinyfog::nn
