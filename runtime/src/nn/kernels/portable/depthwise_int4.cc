#include "kernels/portable/depthwise.h"

namespace tinyfog::nn {

void RunDepthwiseInt4(const ConvolutionParams& p, Memory memory) {
  portable::Depthwise<portable::Int4>(p, memory).Run();
}

}  // namespace tinyfog::nn
