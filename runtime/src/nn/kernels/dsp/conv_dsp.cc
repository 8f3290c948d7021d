#include "kernels/dsp/core.h"
#include "kernels/dsp_conv.h"

namespace tinyfog::nn {

void RunConvDsp(const DspConvParams& p, Memory memory) {
  DspConvolution<dsp::DspCore>(p, memory).Run();
}

}  // namespace tinyfog::nn
