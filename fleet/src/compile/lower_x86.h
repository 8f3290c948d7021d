#pragma once

#include <vector>

#include "context.h"
#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/convolution.h"
#include "tinyfog/nn/kernels/elementwise.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::compile {

constexpr bool IsX86(nn::Target target) {
  return target == nn::Target::kX86Pairs || target == nn::Target::kX86Quads;
}

/// Add a step of an x86 kernel (tinyfog/nn/kernels/x86.h) if there is one for the node, and say
/// whether they did. `params` describes the node completely but for Refs; `biases` are folded, one
/// per output channel as are `scales`. Precondition: an x86 target, int8, input 1 is a constant
/// filter.
bool LowerConvX86(Context& context, const nn::ConvolutionParams& params,
                  const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales);
bool LowerDepthwiseX86(Context& context, const nn::ConvolutionParams& params,
                       const std::vector<std::int32_t>& biases,
                       const std::vector<nn::Scale>& scales);
bool LowerFullyConnectedX86(Context& context, const nn::FullyConnectedParams& params,
                            const std::vector<std::int32_t>& biases,
                            const std::vector<nn::Scale>& scales);

/// The same for an int8 ADD or SUB without its Refs.
bool LowerAddX86(Context& context, const nn::QuantisedBinaryParams& params);

}  // namespace tinyfog::compile
