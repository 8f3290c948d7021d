#include "kernels/dsp_add.h"
#include "kernels/portable/dsp_core.h"

namespace tinyfog::nn {

void RunAddDsp(const DspAddParams& p, Memory memory) { DspAddition<portable::DspCore>(p, memory); }

}  // namespace tinyfog::nn
