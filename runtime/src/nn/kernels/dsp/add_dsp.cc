#include "kernels/dsp/core.h"
#include "kernels/dsp_add.h"

namespace tinyfog::nn {

void RunAddDsp(const DspAddParams& p, Memory memory) { DspAddition<dsp::DspCore>(p, memory); }

}  // namespace tinyfog::nn
