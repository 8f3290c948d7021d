#include "kernels/residual_rows.h"

namespace tinyfog::nn {

bool VerifyResidualInt8(const ResidualInt8Params& p, const Bounds& bounds) {
  return p.conv.dilation_height == 1 &&
         VerifyResidual<VerifyConv2dInt8, VerifyQuantisedBinary8>(p, bounds);
}

bool VerifyResidualDsp(const ResidualDspParams& p, const Bounds& bounds) {
  return VerifyResidual<VerifyConvDsp, VerifyAddDsp>(p, bounds);
}

bool VerifyResidualHelium(const ResidualHeliumParams& p, const Bounds& bounds) {
  return VerifyResidual<VerifyConvHelium, VerifyQuantisedBinary8>(p, bounds);
}

}  // namespace tinyfog::nn
