#include "kernels/helium/mve_loops.h"

namespace tinyfog::nn {

void RunDepthwiseHelium(const HeliumConvParams& p, Memory memory) {
  ConvolveDepthwise<MveLoops>(p, memory);
}

}  // namespace tinyfog::nn
