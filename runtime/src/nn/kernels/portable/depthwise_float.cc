#include "kernels/portable/depthwise.h"

namespace tinyfog::nn {

void RunDepthwiseFloat(const ConvolutionParams& p, Memory memory) {
  portable::Depthwise<portable::Float>(p, memory).Run();
}

}  // namespace tinyfog::nn
