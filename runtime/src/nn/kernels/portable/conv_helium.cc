#include "kernels/portable/helium_loops.h"

namespace tinyfog::nn {

void RunConvHelium(const HeliumConvParams& p, Memory memory) { Convolve<PortableLoops>(p, memory); }

}  // namespace tinyfog::nn
