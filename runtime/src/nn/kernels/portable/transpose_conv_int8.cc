#include "kernels/portable/transpose_conv.h"

namespace tinyfog::nn {

void RunTransposeConvInt8(const ConvolutionParams& p, Memory memory) {
  portable::TransposeConv<portable::Int8>(p, memory).Run();
}

}  // namespace tinyfog::nn
