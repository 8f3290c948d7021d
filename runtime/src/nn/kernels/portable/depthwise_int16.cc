#include "kernels/portable/depthwise.h"

namespace tinyfog::nn {

void RunDepthwiseInt16(const ConvolutionParams& p, Memory memory) {
  portable::Depthwise<portable::Int16>(p, memory).Run();
}

}  // namespace tinyfog::nn
