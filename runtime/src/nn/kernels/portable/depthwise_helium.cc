#include "kernels/portable/helium_loops.h"

namespace tinyfog::nn {

void RunDepthwiseHelium(const HeliumConvParams& p, Memory memory) {
  ConvolveDepthwise<PortableLoops>(p, memory);
}

}  // namespace tinyfog::nn
