#include "kernels/portable/conv2d.h"

namespace tinyfog::nn {

void RunConv2dInt4(const ConvolutionParams& p, Memory memory) {
  portable::Conv2d<portable::Int4>(p, memory).Run();
}

}  // namespace tinyfog::nn
