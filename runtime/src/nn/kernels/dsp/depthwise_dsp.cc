#include "kernels/dsp/core.h"
#include "kernels/dsp_depthwise.h"

namespace tinyfog::nn {

void RunDepthwiseDsp(const DspDepthwiseParams& p, Memory memory) {
  DspDepthwise<dsp::DspCore>(p, memory).Run();
}

}  // namespace tinyfog::nn
