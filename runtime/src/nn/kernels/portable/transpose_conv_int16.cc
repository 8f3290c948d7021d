#include "kernels/portable/transpose_conv.h"

namespace tinyfog::nn {

void RunTransposeConvInt16(const ConvolutionParams& p, Memory memory) {
  portable::TransposeConv<portable::Int16>(p, memory).Run();
}

}  // namespace tinyfog::nn
