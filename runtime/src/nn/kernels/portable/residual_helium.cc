#include "kernels/residual_rows.h"

namespace tinyfog::nn {

void RunResidualHelium(const ResidualHeliumParams& p, Memory memory) {
  RunResidual<RunConvHelium, RunAddInt8>(p, memory);
}

}  // namespace tinyfog::nn
