#include "kernels/dsp_fully_connected.h"
#include "kernels/portable/dsp_core.h"

namespace tinyfog::nn {

void RunFullyConnectedDsp(const DspFullyConnectedParams& p, Memory memory) {
  DspFullyConnected<portable::DspCore>(p, memory);
}

}  // namespace tinyfog::nn
