#pragma once

#include "context.h"
#include "pack_x86_float.h"
#include "tinyfog/nn/kernels/convolution.h"
#include "tinyfog/nn/kernels/fully_connected.h"

namespace tinyfog::compile {

/// As those of lower_x86.h for float32 (tinyfog/nn/kernels/x86_float.h); `biases` has the bytes of
/// one float per output channel.
bool LowerConvFloatX86(Context& context, const nn::ConvolutionParams& params, FloatBytes biases);
bool LowerDepthwiseFloatX86(Context& context, const nn::ConvolutionParams& params,
                            FloatBytes biases);
void LowerFullyConnectedFloatX86(Context& context, const nn::FullyConnectedParams& params,
                                 FloatBytes biases);

}  // namespace tinyfog::compile
