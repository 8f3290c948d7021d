#include "kernels/dsp_conv.h"
#include "kernels/portable/dsp_core.h"

namespace tinyfog::nn {

void RunConvDsp(const DspConvParams& p, Memory memory) {
  DspConvolution<portable::DspCore>(p, memory).Run();
}

}  // namespace tinyfog::nn
