#include "kernels/dsp_depthwise.h"
#include "kernels/portable/dsp_core.h"

namespace tinyfog::nn {

void RunDepthwiseDsp(const DspDepthwiseParams& p, Memory memory) {
  DspDepthwise<portable::DspCore>(p, memory).Run();
}

}  // namespace tinyfog::nn
