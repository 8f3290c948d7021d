#pragma once

#include "tinyfog/nn/operator_table.h"

/// float32 kernels for any x86 (tinyfog/nn/x86.h): channels lie in blocks of 16, which are one or
/// two vectors. The semantics are those of the generic operators; sums are added in another order
/// and with fused multiply-adds, so results differ in the last bits.
namespace tinyfog::nn {

inline constexpr std::uint32_t kX86Block = 16;
constexpr std::uint32_t X86Blocks(std::uint32_t channels) {
  return (channels + kX86Block - 1) / kX86Block;
}

/// What the float convolutions share. `bias`: whole blocks of float.
struct X86FloatMaps {
  Ref input;
  Ref output;
  Ref weights;
  Ref bias;
  Ref scratch;
  std::uint32_t scratch_bytes;
  float clamp_min;
  float clamp_max;
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

  /// Whether no window reaches over a border.
  constexpr bool is_inside() const {
    return pad_top == 0 && pad_left == 0 &&
           (output_height - 1u) * stride_height + kernel_height <= input_height &&
           (output_width - 1u) * stride_width + kernel_width <= input_width;
  }
  /// Floats between two rows of a padded map.
  constexpr std::uint64_t RowFloats() const {
    return ((output_width - std::uint64_t{1}) * stride_width + kernel_width) * input_channels;
  }
};
static_assert(sizeof(X86FloatMaps) == 56);

/// CONV_2D without groups and dilation.
///
/// `weights`: [block of 16 outputs][ky][kx][input channel][16], zeros where there is no output.
/// `scratch` (64-byte aligned): the padded inputs of `band_rows` output rows; none if is_inside().
struct X86FloatConvParams {
  X86FloatMaps maps;
  std::uint16_t band_rows;  // 1 to output_height
  std::uint16_t reserved;

  constexpr std::uint64_t ScratchBytes() const {
    const std::uint64_t rows =
        (band_rows - std::uint64_t{1}) * maps.stride_height + maps.kernel_height;
    return maps.is_inside() ? 0 : rows * maps.RowFloats() * sizeof(float);
  }
};
static_assert(sizeof(X86FloatConvParams) == 60);

/// CONV_2D of 3x3 without strides, groups and dilation by Winograd's F(4x4,3x3): 4x4 outputs from
/// 6x6 inputs with 36 products for each pair of channels in place of 144. Channels are whole
/// blocks. An infinite or NaN input makes all outputs of its tiles NaN.
///
/// `weights`: [block of 16 outputs][position in the 6x6][input channel][16]: G w G^T, computed in
/// double. `scratch` (64-byte aligned): the patch of a tile that reaches over a border, then the
/// transformed inputs and sums of `tiles` tiles.
/// Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016.
struct X86FloatWinogradParams {
  static constexpr std::uint32_t kOutputs = 4;
  static constexpr std::uint32_t kInputs = 6;
  static constexpr std::uint32_t kPositions = kInputs * kInputs;
  static constexpr std::uint32_t kMostBlocks = 4;  // whose sums are kept at once

  X86FloatMaps maps;
  std::uint16_t tiles;
  std::uint16_t reserved;

  constexpr std::uint64_t ScratchBytes() const {
    const std::uint64_t floats =
        (std::uint64_t{tiles} + 1) * maps.input_channels + tiles * kMostBlocks * kX86Block;
    return kPositions * floats * sizeof(float);
  }
};
static_assert(sizeof(X86FloatWinogradParams) == 60);

/// DEPTHWISE_CONV_2D without dilation, one output per input channel.
///
/// `weights`: [block of 16 channels][ky][kx][16], zeros where there is no channel. A folded layer
/// (`is_folded`) has one block: row of outputs and inputs are read as one string of floats, the
/// channels' weights and biases repeat in the block. `scratch`: as above, and 60 bytes behind it.
struct X86FloatDepthwiseParams {
  X86FloatMaps maps;
  std::uint16_t band_rows;
  std::uint16_t reserved;

  constexpr bool is_folded() const {
    return maps.output_channels < kX86Block && kX86Block % maps.output_channels == 0 &&
           maps.stride_width == 1;
  }
  /// Whole vectors are read.
  constexpr bool is_in_place() const {
    return maps.is_inside() && maps.input_channels % kX86Block == 0;
  }
  /// Whether the last window reaches over the right border.
  constexpr bool ReachesRight() const {
    return (maps.output_width - 1u) * maps.stride_width + maps.kernel_width >
           maps.input_width + std::uint32_t{maps.pad_left};
  }
  /// 3x3 windows that reach over borders by one pixel at most: what is beyond is left out.
  constexpr bool has_thin_edges() const {
    const X86FloatMaps& m = maps;
    return m.kernel_height == 3 && m.kernel_width == 3 && m.input_channels % kX86Block == 0 &&
           m.stride_width <= 2 && m.pad_top <= 1 && m.pad_left <= 1 &&
           (m.output_height - 1u) * m.stride_height + 2 <=
               m.input_height + std::uint32_t{m.pad_top} &&
           (m.output_width - 1u) * m.stride_width + 2 <= m.input_width + std::uint32_t{m.pad_left};
  }
  constexpr std::uint64_t ScratchBytes() const {
    const std::uint64_t rows =
        (band_rows - std::uint64_t{1}) * maps.stride_height + maps.kernel_height;
    return is_in_place() || has_thin_edges() ? 0 : rows * maps.RowFloats() * sizeof(float) + 60;
  }
};
static_assert(sizeof(X86FloatDepthwiseParams) == 60);

/// FULLY_CONNECTED. `weights`: [panel of kPanel blocks, the last one of those that are
/// left][input][channel of the panel]: one stream. `bias`: whole blocks.
struct X86FloatDenseParams {
  static constexpr std::uint32_t kPanel = 4;

  Ref input;
  Ref output;
  Ref weights;
  Ref bias;
  float clamp_min;
  float clamp_max;
  std::uint32_t batches;
  std::uint32_t inputs;
  std::uint32_t outputs;
};
static_assert(sizeof(X86FloatDenseParams) == 36);

bool VerifyConvFloatX86(const X86FloatConvParams&, const Bounds&);
bool VerifyWinogradFloatX86(const X86FloatWinogradParams&, const Bounds&);
bool VerifyDepthwiseFloatX86(const X86FloatDepthwiseParams&, const Bounds&);
bool VerifyDenseFloatX86(const X86FloatDenseParams&, const Bounds&);

}  // namespace tinyfog::nn
