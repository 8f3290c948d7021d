#pragma once

#include <vector>

#include "context.h"
#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/elementwise.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::compile {

/// Add a step of a DSP kernel (tinyfog/nn/kernels/dsp.h) if there is one for the node, and say
/// whether they did. `params` describes the node completely but for Refs; `biases` are folded, one
/// per output channel as are `scales`. Precondition: int8, input 1 is a constant filter.
bool LowerConvDsp(Context& context, const nn::ConvolutionParams& params,
                  const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales);
bool LowerDepthwiseDsp(Context& context, const nn::ConvolutionParams& params,
                       const std::vector<std::int32_t>& biases,
                       const std::vector<nn::Scale>& scales);
bool LowerFullyConnectedDsp(Context& context, const nn::FullyConnectedParams& params,
                            const std::vector<std::int32_t>& biases,
                            const std::vector<nn::Scale>& scales);
/// Precondition: int8, ADD.
bool LowerAddDsp(Context& context, const nn::QuantisedBinaryParams& params);

}  // namespace tinyfog::compile
