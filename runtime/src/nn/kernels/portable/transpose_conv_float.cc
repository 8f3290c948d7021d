#include "kernels/portable/transpose_conv.h"

namespace tinyfog::nn {

void RunTransposeConvFloat(const ConvolutionParams& p, Memory memory) {
  portable::TransposeConv<portable::Float>(p, memory).Run();
}

}  // namespace tinyfog::nn
