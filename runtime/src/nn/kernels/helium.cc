#include "tinyfog/nn/kernels/helium.h"

#include "kernels/helium_maps.h"
#ifdef __ARM_FEATURE_MVE
#include "kernels/helium/mve_loops.h"
#else
#include "kernels/portable/helium_loops.h"
#endif

namespace tinyfog::nn {

#ifdef __ARM_FEATURE_MVE
using Loops = MveLoops;
#else
using Loops = PortableLoops;
#endif

void RunConvHelium(const HeliumConvParams& p, Memory memory) { Convolve<Loops>(p, memory); }
void RunDepthwiseHelium(const HeliumConvParams& p, Memory memory) {
  ConvolveDepthwise<Loops>(p, memory);
}
void RunFullyConnectedHelium(const HeliumFullyConnectedParams& p, Memory memory) {
  FullyConnect<Loops>(p, memory);
}

}  // namespace tinyfog::nn
