#include "kernels/portable/conv2d.h"

namespace tinyfog::nn {

void RunConv2dInt16(const ConvolutionParams& p, Memory memory) {
  portable::Conv2d<portable::Int16>(p, memory).Run();
}

}  // namespace tinyfog::nn
