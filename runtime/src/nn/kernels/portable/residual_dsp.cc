#include "kernels/residual_rows.h"

namespace tinyfog::nn {

void RunResidualDsp(const ResidualDspParams& p, Memory memory) {
  RunResidual<RunConvDsp, RunAddDsp>(p, memory);
}

}  // namespace tinyfog::nn
