#include "kernels/helium/mve_loops.h"

namespace tinyfog::nn {

void RunConvHelium(const HeliumConvParams& p, Memory memory) { Convolve<MveLoops>(p, memory); }

}  // namespace tinyfog::nn
