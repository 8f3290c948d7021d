#pragma once

#include <vector>

#include "context.h"
#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::compile {

/// Add a step of a Helium kernel (tinyfog/nn/kernels/helium.h) if there is one for the node, and
/// say whether they did. `params` describes the node completely but for Refs; `biases` are folded,
/// one per output channel as are `scales`. Precondition: int8, input 1 is a constant filter.
bool LowerConvHelium(Context& context, const nn::ConvolutionParams& params,
                     const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales);
bool LowerDepthwiseHelium(Context& context, const nn::ConvolutionParams& params,
                          const std::vector<std::int32_t>& biases,
                          const std::vector<nn::Scale>& scales);
bool LowerFullyConnectedHelium(Context& context, const nn::FullyConnectedParams& params,
                               const std::vector<std::int32_t>& biases,
                               const std::vector<nn::Scale>& scales);

}  // namespace tinyfog::compile
