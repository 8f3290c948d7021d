#pragma once

#include "context.h"
#include "tinyfog/graph/weights.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::compile {

/// The block of per-channel parameters that nn::ConvolutionParams describes.
struct Channels {
  nn::Ref ref;
  bool uniform;
};

/// `weight_sums` of each output channel fold the input's zero point into the bias; `scales` has one
/// entry or one per channel. `bias` is the index of the optional bias input.
/// Errors: the bias's type, size or not being constant.
Outcome<Channels> AddChannels(Context& context, const graph::Tensor& input, std::size_t bias,
                              const std::vector<std::int64_t>& weight_sums,
                              const std::vector<nn::Scale>& scales);

/// The folded biases of an int8 operator, for kernels with blocks of their own. Errors: as above.
Outcome<std::vector<std::int32_t>> FoldedBiases(Context& context, const graph::Tensor& input,
                                                std::size_t bias,
                                                const std::vector<std::int64_t>& weight_sums);

/// The bias of a float operator, one float per channel. Errors: as above.
Outcome<std::vector<std::uint8_t>> FloatBias(const Context& context, std::size_t bias,
                                             std::size_t channels);

using graph::WeightsOf;

/// Which of the variants of a kernel with weights fits the types.
struct Kernels {
  nn::Opcode int8;
  nn::Opcode int4;
  nn::Opcode int16;
  nn::Opcode real;
};
/// Errors: no variant, or the filter is not constant.
Outcome<nn::Opcode> PickKernel(const Context& context, const graph::Tensor& input,
                               const graph::Tensor& filter, const graph::Tensor& output,
                               const Kernels& kernels);

/// Errors: scales missing or not 1 or `channels` many, or a zero point of the filter.
Outcome<void> CheckQuantization(const Context& context, const graph::Tensor& input,
                                const graph::Tensor& filter, const graph::Tensor& output,
                                std::size_t channels);

}  // namespace tinyfog::compile
