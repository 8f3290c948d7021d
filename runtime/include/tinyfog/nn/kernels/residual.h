#pragma once

#include "tinyfog/nn/kernels/convolution.h"
#include "tinyfog/nn/kernels/dsp.h"
#include "tinyfog/nn/kernels/elementwise.h"
#include "tinyfog/nn/kernels/helium.h"

namespace tinyfog::nn {

/// A CONV_2D and the ADD behind it in one step, so that of the convolution's map only a few rows
/// exist at a time.
///
/// `conv` writes `rows` rows to conv.output, which is one operand of `add` (whichever of a and b is
/// equal to it); the rows of the other operand and of the output follow one another. `add` does not
/// broadcast. `height` and `width` are those of the output; the batch is 1. The output may be the
/// other operand if `conv` does not read that, or only pixel by pixel (1x1 with stride 1).
template <class Conv, class Add>
struct ResidualParams {
  Conv conv;
  Add add;
  std::uint16_t rows;
  std::uint16_t height;
  std::uint16_t width;
  std::uint16_t reserved;
};

using ResidualInt8Params = ResidualParams<ConvolutionParams, QuantisedBinaryParams>;
using ResidualDspParams = ResidualParams<DspConvParams, DspAddParams>;
using ResidualHeliumParams = ResidualParams<HeliumConvParams, QuantisedBinaryParams>;
static_assert(sizeof(ResidualInt8Params) == 188);
static_assert(sizeof(ResidualDspParams) == 92);
static_assert(sizeof(ResidualHeliumParams) == 176);

bool VerifyResidualInt8(const ResidualInt8Params&, const Bounds&);
bool VerifyResidualDsp(const ResidualDspParams&, const Bounds&);
bool VerifyResidualHelium(const ResidualHeliumParams&, const Bounds&);
/// The same bytes as the two operators one after the other.
void RunResidualInt8(const ResidualInt8Params&, Memory);
void RunResidualDsp(const ResidualDspParams&, Memory);
void RunResidualHelium(const ResidualHeliumParams&, Memory);

using ResidualInt8 =
    Operator<Opcode::kResidualInt8, ResidualInt8Params, VerifyResidualInt8, RunResidualInt8>;
using ResidualDsp =
    Operator<Opcode::kResidualDsp, ResidualDspParams, VerifyResidualDsp, RunResidualDsp>;
using ResidualHelium = Operator<Opcode::kResidualHelium, ResidualHeliumParams, VerifyResidualHelium,
                                RunResidualHelium>;

}  // namespace tinyfog::nn
