#include "kernels/residual_rows.h"

namespace tinyfog::nn {

void RunResidualInt8(const ResidualInt8Params& p, Memory memory) {
  RunResidual<RunConv2dInt8, RunAddInt8>(p, memory);
}

}  // namespace tinyfog::nn
