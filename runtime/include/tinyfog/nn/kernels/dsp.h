#pragma once

#include "tinyfog/nn/operator_table.h"

/// int8 kernels whose constants are laid out for Cortex-M with the DSP extension (M4, M7, M33): two
/// products an instruction. The semantics are those of the generic operators with a clamp of -128
/// to 127; the portable variant of each runs the same files on any machine.
///
/// Sums are requantised in five instructions, which is exact when |sum| < 2^29 for every input,
/// the multiplier is at least 0 and the right shift is 1 to 22: the compiler proves that before it
/// chooses one of these opcodes. `exponent` is the right shift - 1. "Doubled" biases are 2 * bias.
namespace tinyfog::nn {

/// What starts and requantises two neighbouring output channels. A missing second one is zero.
struct DspPair {
  std::int32_t doubled_bias[2];
  std::int32_t multiplier[2];
  std::uint8_t exponent[2];
  std::uint16_t reserved;
};
static_assert(sizeof(DspPair) == 20);

/// CONV_2D without groups and dilation. The kernel multiplies value + 128: the bias holds
/// -(input_zero_point + 128) * sum(weights) already.
///
/// The products of an output are grouped in kernel rows of kernel_width * input_channels, and those
/// in `taps` of two values k and k + 2: (0,2) (1,3) (4,6) (5,7) ... ; values beyond the row have
/// the weight 0. `weights`: [channel pair][ky][tap]{c0 k, c1 k, c0 k+2, c1 k+2}. `channels`: a
/// DspPair per pair.
///
/// Outputs are made four pixels at a time, in order; these pixels' inputs are copied to `scratch`
/// (4-byte aligned, ScratchBytes()) before any of the four is written. The output may therefore
/// overlap the input wherever no four outputs reach beyond what the next four read first. Up to 3
/// bytes behind the input are read: they must be in its memory.
struct DspConvParams {
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
  std::uint16_t reserved;

  /// Whether output pixel i is made of input pixel i.
  constexpr bool is_pointwise() const {
    return kernel_height == 1 && kernel_width == 1 && pad_top == 0 && pad_left == 0 &&
           stride_height == 1 && stride_width == 1 && input_height == output_height &&
           input_width == output_width;
  }
  constexpr std::uint32_t RowBytes() const { return std::uint32_t{kernel_width} * input_channels; }
  /// Taps of a kernel row.
  constexpr std::uint32_t RowTaps() const {
    return RowBytes() / 4 * 2 + (RowBytes() % 4 == 0 ? 0 : RowBytes() % 4 == 1 ? 1 : 2);
  }
  /// Four pixels of 4 bytes per tap, one tap more; then five rows, unless it is pointwise.
  constexpr std::uint64_t ScratchBytes() const {
    const std::uint64_t taps = std::uint64_t{kernel_height} * RowTaps() + 1;
    return taps * 16 + (is_pointwise() ? 0 : (RowBytes() + std::uint64_t{3}) / 4 * 4 * 5);
  }
};
static_assert(sizeof(DspConvParams) == 52);

/// What makes a depthwise channel: its weights by kernel column, each {w0, w1, w1, w2} of the rows
/// at stride 1, {w0, w2, w1, 0} at stride 2.
struct DspTaps {
  std::int8_t weight[3][4];
  std::int32_t doubled_bias;
  std::int32_t multiplier;
};
static_assert(sizeof(DspTaps) == 20);

/// DEPTHWISE_CONV_2D with a kernel of 3x3, strides of 1 or 2 in both directions, one output per
/// input channel, four channels or more and a batch of 1. The bias is the model's own.
///
/// `channels`: [channel] DspTaps, then [channel] exponent. `scratch` (4-byte aligned): two rows of
/// four channels a word, kDspPairs words a column and channel, then 4 bytes. A strip is two output
/// rows.
///
/// The output may be the input. Four channels are done at a time, rows in order, and a strip's
/// input has been copied to the scratch before it is written.
inline constexpr std::uint32_t kDspPairs = 6;
struct DspDepthwiseParams {
  Ref input;
  Ref output;
  Ref channels;
  Ref scratch;
  std::uint32_t scratch_bytes;
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t output_height;
  std::uint16_t output_width;
  std::uint16_t channel_count;
  std::uint8_t stride;
  std::uint8_t pad_top;   // 0 to 2
  std::uint8_t pad_left;  // 0 to 2
  std::int8_t input_zero_point;
  std::int8_t output_zero_point;
  std::uint8_t reserved;

  constexpr std::uint32_t StripCount() const { return (output_height + 1u) / 2; }
  /// Columns of the padded input.
  constexpr std::uint32_t Columns() const {
    const std::uint32_t needed = (output_width - 1u) * stride + 3;
    const std::uint32_t stored = std::uint32_t{pad_left} + input_width;
    return needed > stored ? needed : stored;
  }
  constexpr std::uint64_t ScratchBytes() const {
    return std::uint64_t{Columns()} * 16 * kDspPairs + 4;
  }
};
static_assert(sizeof(DspDepthwiseParams) == 36);

/// FULLY_CONNECTED. `weights`: [four outputs][four inputs][output][input], zeros behind the ends.
/// `biases`: int32 [output], a multiple of four of them, with -input_zero_point * sum(weights), not
/// doubled. `scales`: per output DspScale, or one for all when `uniform`. Up to 3 bytes behind
/// the last input are read: they must be in its memory.
struct DspScale {
  std::int32_t multiplier;
  std::int32_t exponent;
};
struct DspFullyConnectedParams {
  Ref input;
  Ref output;
  Ref weights;
  Ref biases;
  Ref scales;
  std::uint32_t batches;
  std::uint32_t inputs;
  std::uint32_t outputs;
  std::int8_t output_zero_point;
  std::uint8_t uniform;
  std::uint16_t reserved;
};
static_assert(sizeof(DspFullyConnectedParams) == 36);

/// ADD of two dense int8 tensors of one size, b's scale the larger one. With
/// x = (a - a_zero_point) << a_left: 2^19 * a in units of b is Rescale(x / 2, a_multiplier,
/// -(a_exponent + 1)); its sum with (b - b_zero_point) << 19 is requantised. a_left is 21, or 22
/// with an a_exponent of 0. The output may be either operand.
struct DspAddParams {
  Ref a;
  Ref b;
  Ref output;
  std::uint32_t count;
  std::int32_t a_multiplier;
  std::int32_t output_multiplier;
  std::uint8_t a_left;
  std::uint8_t a_exponent;
  std::uint8_t output_exponent;
  std::int8_t a_zero_point;
  std::int8_t b_zero_point;
  std::int8_t output_zero_point;
  std::uint16_t reserved;
};
static_assert(sizeof(DspAddParams) == 32);

bool VerifyConvDsp(const DspConvParams&, const Bounds&);
bool VerifyDepthwiseDsp(const DspDepthwiseParams&, const Bounds&);
bool VerifyFullyConnectedDsp(const DspFullyConnectedParams&, const Bounds&);
bool VerifyAddDsp(const DspAddParams&, const Bounds&);
void RunConvDsp(const DspConvParams&, Memory);
void RunDepthwiseDsp(const DspDepthwiseParams&, Memory);
void RunFullyConnectedDsp(const DspFullyConnectedParams&, Memory);
void RunAddDsp(const DspAddParams&, Memory);

using ConvDsp = Operator<Opcode::kConvDsp, DspConvParams, VerifyConvDsp, RunConvDsp>;
using DepthwiseDsp =
    Operator<Opcode::kDepthwiseDsp, DspDepthwiseParams, VerifyDepthwiseDsp, RunDepthwiseDsp>;
using FullyConnectedDsp = Operator<Opcode::kFullyConnectedDsp, DspFullyConnectedParams,
                                   VerifyFullyConnectedDsp, RunFullyConnectedDsp>;
using AddDsp = Operator<Opcode::kAddDsp, DspAddParams, VerifyAddDsp, RunAddDsp>;

}  // namespace tinyfog::nn
