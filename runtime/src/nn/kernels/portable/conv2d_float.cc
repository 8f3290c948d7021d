#include "kernels/portable/conv2d.h"

namespace tinyfog::nn {

void RunConv2dFloat(const ConvolutionParams& p, Memory memory) {
  portable::Conv2d<portable::Float>(p, memory).Run();
}

}  // namespace tinyfog::nn
