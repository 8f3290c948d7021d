#pragma once

#include "tinyfog/nn/operator_table.h"

/// int8 kernels whose constants are laid out for Cortex-M with Helium (MVE): 16 products an
/// instruction, channels in blocks of eight. The semantics are those of the generic operators; the
/// portable variant of each runs the same files on any machine.
namespace tinyfog::nn {

/// What requantises sixteen channels. Channel c is at c % 4 * 4 + c / 4 of each array, as the
/// instructions that widen and those that load interleaved words leave the lanes. Missing channels
/// are zero. Biases hold -input_zero_point * sum(weights) already; shifts are 0 to -31.
struct HeliumChannels {
  static constexpr std::uint32_t kCount = 16;
  std::int32_t bias[kCount];
  std::int32_t multiplier[kCount];
  std::int8_t shift[kCount];

  static constexpr std::uint32_t PlaceOf(std::uint32_t channel) {
    return channel % 4 * 4 + channel / 4 % 4;
  }
};
static_assert(sizeof(HeliumChannels) == 144);

/// CONV_2D without groups and dilation, and DEPTHWISE_CONV_2D with one output per input channel.
///
/// Dense `weights`: [output channel rounded up to even][depth], depth = kernel_height *
/// kernel_width
/// * input_channels rounded up to 16, zeros behind the end. Depthwise: [channel block][ky][kx][16],
/// values -127 to 127. `channels`: HeliumChannels per block of sixteen output channels.
///
/// `scratch` (16-byte aligned) holds, unless the kernel is 1x1 and without padding (then nothing),
/// kernel_height rows of RowBytes(), and, dense only, two patches of depth bytes; then 16 bytes.
/// Since input rows are copied there first, the output may begin where the input begins if each
/// output row ends before the first input row that is not loaded yet; 1x1: if no output pixel is
/// larger than an input pixel.
struct HeliumConvParams {
  Ref input;
  Ref output;
  Ref weights;
  Ref channels;
  Ref scratch;
  std::uint32_t scratch_bytes;
  std::uint16_t batches;
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t input_channels;
  std::uint16_t output_height;
  std::uint16_t output_width;
  std::uint16_t output_channels;
  std::uint16_t kernel_height;
  std::uint16_t kernel_width;
  std::uint8_t stride_height;
  std::uint8_t stride_width;
  std::uint16_t pad_top;
  std::uint16_t pad_left;
  std::int8_t input_zero_point;
  std::int8_t output_zero_point;
  std::int8_t clamp_min;
  std::int8_t clamp_max;
  std::uint16_t reserved;

  /// Whether input pixels are read where they lie.
  constexpr bool is_pointwise() const {
    return kernel_height == 1 && kernel_width == 1 && pad_top == 0 && pad_left == 0;
  }
  /// Depthwise: whether two neighbours of eight channels each are computed as sixteen channels.
  /// Weights and channels are there twice then: 0 to 7, 0 to 7.
  constexpr bool HasPairs() const {
    return input_channels == 8 && stride_width == 1 && output_width % 2 == 0;
  }
  /// A padded input row, as far as outputs need it.
  constexpr std::uint64_t RowBytes() const {
    return ((output_width - std::uint64_t{1}) * stride_width + kernel_width) * input_channels;
  }
  /// Bytes of the products of one output, padded.
  constexpr std::uint64_t Depth() const {
    return (std::uint64_t{kernel_height} * kernel_width * input_channels + 15) / 16 * 16;
  }
};
static_assert(sizeof(HeliumConvParams) == 56);

/// FULLY_CONNECTED with one scale for all outputs. `weights`: [output rounded up to even][depth],
/// depth = inputs rounded up to 16, zeros behind the end; `biases`: int32 [block of
/// sixteen][16], in the order above. Inputs are read in pieces of 16 bytes: up to 15 bytes behind
/// the last batch must be in the arena.
struct HeliumFullyConnectedParams {
  Ref input;
  Ref output;
  Ref weights;
  Ref biases;
  std::uint32_t batches;
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::int32_t multiplier;
  std::int8_t shift;  // 0 to -31
  std::int8_t output_zero_point;
  std::int8_t clamp_min;
  std::int8_t clamp_max;
};
static_assert(sizeof(HeliumFullyConnectedParams) == 36);

/// The most rows a kernel may have.
inline constexpr std::uint32_t kHeliumMaxKernelHeight = 16;

bool VerifyConvHelium(const HeliumConvParams&, const Bounds&);
bool VerifyDepthwiseHelium(const HeliumConvParams&, const Bounds&);
bool VerifyFullyConnectedHelium(const HeliumFullyConnectedParams&, const Bounds&);
void RunConvHelium(const HeliumConvParams&, Memory);
void RunDepthwiseHelium(const HeliumConvParams&, Memory);
void RunFullyConnectedHelium(const HeliumFullyConnectedParams&, Memory);

using ConvHelium = Operator<Opcode::kConvHelium, HeliumConvParams, VerifyConvHelium, RunConvHelium>;
using DepthwiseHelium =
    Operator<Opcode::kDepthwiseHelium, HeliumConvParams, VerifyDepthwiseHelium, RunDepthwiseHelium>;
using FullyConnectedHelium = Operator<Opcode::kFullyConnectedHelium, HeliumFullyConnectedParams,
                                      VerifyFullyConnectedHelium, RunFullyConnectedHelium>;

}  // namespace tinyfog::nn
