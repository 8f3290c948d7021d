#include "kernels/portable/depthwise.h"

namespace tinyfog::nn {

void RunDepthwiseInt8(const ConvolutionParams& p, Memory memory) {
  portable::Depthwise<portable::Int8>(p, memory).Run();
}

}  // namespace tinyfog::nn
