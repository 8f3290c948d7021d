#include "kernels/dsp/core.h"
#include "kernels/dsp_fully_connected.h"

namespace tinyfog::nn {

void RunFullyConnectedDsp(const DspFullyConnectedParams& p, Memory memory) {
  DspFullyConnected<dsp::DspCore>(p, memory);
}

}  // namespace tinyfog::nn
