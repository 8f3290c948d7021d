#pragma once

#include "tinyfog/nn/operator_table.h"

/// int8 kernels whose constants are laid out for x86 (tinyfog/nn/x86.h). The semantics are those of
/// the generic operators. Weights lie in groups of `step` inputs, as an instruction multiplies
/// them: four for quads, two for pairs.
namespace tinyfog::nn {

/// How sums of sixteen channels become outputs. With f the exact requantisation, zero point
/// included, and `round` to the nearest integer, ties to even, all in float:
enum class X86Rounding : std::uint32_t {
  kLine = 0,      // f(sum) = round(fma(sum, a, b))
  kTwoLines = 1,  // the same, with c in place of b for negative sums
  kInteger = 2,   // a: multiplier, b: exponent 0 to 31; |sum| < 2^30
};

/// Which of them is right for every sum that can occur, the compiler has proved. Missing channels
/// are zero. `bias` holds -input_zero_point * sum(weights) already, quads also -128 * sum(weights):
/// their inputs are value + 128.
struct X86Channels {
  static constexpr std::uint32_t kCount = 16;
  std::int32_t bias[kCount];
  std::int32_t a[kCount];  // a float's bits for lines
  std::int32_t b[kCount];
  std::int32_t c[kCount];
  X86Rounding rounding;
  std::int32_t zero_point;  // kInteger only
  std::uint32_t reserved[14];
};
static_assert(sizeof(X86Channels) == 320);

/// CONV_2D without groups and dilation; FULLY_CONNECTED is one of 1x1 on a map of one pixel.
///
/// `weights`: [block of 16 outputs][ky][kernel_width * input_channels, rounded up to step, in
/// groups of step][16][step], zeros where there is none; then `channels`: X86Channels per block.
/// `scratch` (64-byte aligned): the inputs of `band_rows` output rows in the form of the
/// instructions, padded; for 1x1 kernels only the pixels that are used, one after another.
/// Inputs are read in groups of 16 bytes: 15 bytes behind the last one must be there too.
struct X86ConvParams {
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
  std::uint16_t band_rows;  // 1 to output_height
  std::int8_t input_zero_point;
  std::int8_t output_zero_point;
  std::int8_t clamp_min;
  std::int8_t clamp_max;

  constexpr bool is_pointwise() const {
    return kernel_height == 1 && kernel_width == 1 && pad_top == 0 && pad_left == 0;
  }
  constexpr std::uint32_t Blocks() const {
    return (output_channels + X86Channels::kCount - 1) / X86Channels::kCount;
  }
  /// Groups of `step` inputs in one kernel row.
  constexpr std::uint32_t GroupsPerRow(std::uint32_t step) const {
    return (std::uint32_t{kernel_width} * input_channels + step - 1) / step;
  }
  /// Values between two rows of the padded map.
  constexpr std::uint64_t RowValues() const {
    return is_pointwise()
               ? std::uint64_t{output_width} * input_channels
               : ((output_width - std::uint64_t{1}) * stride_width + kernel_width) * input_channels;
  }
  /// Bytes of scratch; values take two bytes in pairs, one in quads, and a group may begin before
  /// the end.
  constexpr std::uint64_t ScratchBytes(std::uint32_t step) const {
    const std::uint64_t rows =
        is_pointwise() ? band_rows : (band_rows - std::uint64_t{1}) * stride_height + kernel_height;
    return rows * RowValues() * (4 / step) + 64;
  }
};
static_assert(sizeof(X86ConvParams) == 56);

/// DEPTHWISE_CONV_2D without dilation, one output per input channel. A strip of StripRows() output
/// rows is made of StripInputs() rows, which instructions take in groups of `step`.
///
/// Channels are held in places: pixels are `pitch` places apart, channel c is at place c, and all
/// is laid out in blocks of Block(step) places, which repeat where `pitch` is smaller. Within a
/// block, places come in the order that interleaving of bytes within 128 bits gives: vector v has
/// those with place / 4 % step = v. `weights`: [block][row of the strip][group][kx][place in that
/// order][step], zeros where a group's row is none of the kernel's, values of 8 bits for quads and
/// 16 for pairs; `block_channels`: X86Channels of sixteen places each, of one form for a block.
/// `scratch`: HeldRows() padded rows and one of zero points. Inputs are read in groups of 16
/// bytes: 15 bytes behind the last one must be there too.
struct X86DepthwiseParams {
  static constexpr std::uint32_t kMostInputs = 64;

  Ref input;
  Ref output;
  Ref weights;
  Ref block_channels;
  Ref scratch;
  std::uint32_t scratch_bytes;
  std::uint16_t batches;
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t output_height;
  std::uint16_t output_width;
  std::uint16_t channels;
  std::uint8_t kernel_height;
  std::uint8_t kernel_width;
  std::uint8_t stride_height;
  std::uint8_t stride_width;
  std::uint8_t pad_top;   // less than kernel_height
  std::uint8_t pad_left;  // less than kernel_width
  std::int8_t input_zero_point;
  std::int8_t output_zero_point;
  std::int8_t clamp_min;
  std::int8_t clamp_max;
  std::uint16_t pitch;  // at least `channels`: whole blocks, or a power of two below one

  static constexpr std::uint32_t Block(std::uint32_t step) { return step == 4 ? 64 : 16; }
  constexpr std::uint32_t Blocks(std::uint32_t step) const {
    return (pitch + Block(step) - 1) / Block(step);
  }
  constexpr std::uint32_t StripRows() const {
    return stride_height == 1 && kernel_height <= 3 ? 2 : 1;
  }
  constexpr std::uint32_t StripInputs() const {
    return kernel_height + (StripRows() - 1) * stride_height;
  }
  constexpr std::uint32_t Groups(std::uint32_t step) const {
    return (StripInputs() + step - 1) / step;
  }
  /// Columns of the padded input.
  constexpr std::uint32_t Columns() const {
    return (output_width - 1u) * stride_width + kernel_width;
  }
  /// Values of every stride_width-th column: vectors reach over the end, and start at 64 bytes.
  constexpr std::uint64_t PlaneValues(std::uint32_t step) const {
    const std::uint64_t columns = (Columns() + stride_width - 1u) / stride_width;
    return (columns * pitch + Block(step) + 16 + 63) / 64 * 64;
  }
  /// A row in scratch.
  constexpr std::uint64_t RowValues(std::uint32_t step) const {
    return stride_width * PlaneValues(step);
  }
  /// Rows in scratch: a strip's at least, more if they are small. What was just written is slow to
  /// read.
  constexpr std::uint32_t HeldRows(std::uint32_t step) const {
    constexpr std::uint64_t kBytes = 16 * 1024;
    const std::uint32_t all = (output_height - 1u) * stride_height + kernel_height;
    const std::uint64_t few = kBytes / (RowValues(step) * (4 / step));
    const std::uint64_t most = few < all ? few : all;
    return most > StripInputs() ? static_cast<std::uint32_t>(most) : StripInputs();
  }
  [[gnu::always_inline]] constexpr std::uint64_t ScratchBytes(std::uint32_t step) const {
    return (HeldRows(step) + std::uint64_t{1}) * RowValues(step) * (4 / step);
  }
};
static_assert(sizeof(X86DepthwiseParams) == 48);

/// CONV_2D of 3x3 with strides of 1 by Winograd's F(4x4, 3x3), pairs only: exact while sums without
/// the bias are less than 2^25. `input_channels` is a multiple of 16.
///
/// `weights`: int16 [block of 16 outputs][place of 36][pair of inputs][16][2], transformed;
/// `block_channels`: X86Channels per block. `scratch` (16-byte aligned): the padded map of
/// `band_tiles` rows of tiles as int16, then int16 [36][kChunk][input channel], then int32
/// [36][kChunk][16]. Inputs are read in groups of 16 bytes: 15 bytes behind the last one must be
/// there too.
struct X86WinogradParams {
  static constexpr std::uint32_t kChunk = 6;  // tiles at a time
  static constexpr std::uint32_t kPlaces = 36;

  Ref input;
  Ref output;
  Ref weights;
  Ref block_channels;
  Ref scratch;
  std::uint32_t scratch_bytes;
  std::uint16_t batches;
  std::uint16_t input_height;
  std::uint16_t input_width;
  std::uint16_t input_channels;
  std::uint16_t output_height;
  std::uint16_t output_width;
  std::uint16_t output_channels;
  std::uint16_t band_tiles;
  std::uint8_t pad_top;   // 0 to 2
  std::uint8_t pad_left;  // 0 to 2
  std::int8_t input_zero_point;
  std::int8_t output_zero_point;
  std::int8_t clamp_min;
  std::int8_t clamp_max;
  std::uint16_t reserved;

  constexpr std::uint32_t TilesX() const { return (output_width + 3u) / 4; }
  constexpr std::uint32_t TilesY() const { return (output_height + 3u) / 4; }
  constexpr std::uint32_t Blocks() const {
    return (output_channels + X86Channels::kCount - 1) / X86Channels::kCount;
  }
  constexpr std::uint32_t RowValues() const { return (TilesX() * 4 + 2) * input_channels; }
  /// Rows of the padded map in the scratch, and room for what copies write too much.
  constexpr std::uint32_t BandImageRows() const { return band_tiles * 4u + 2 + 1; }
  constexpr std::uint64_t ScratchBytes() const {
    return std::uint64_t{BandImageRows()} * RowValues() * 2 +
           std::uint64_t{kPlaces} * kChunk * (input_channels * 2u + 64);
  }
};
static_assert(sizeof(X86WinogradParams) == 48);

/// ADD of two dense int8 tensors: clamp(round(fma(a, a_scale, fma(b, b_scale, offset)))) in float,
/// `round` to the nearest integer, ties to even: the compiler has tried all pairs of values. The
/// output may be either operand.
struct X86AddParams {
  Ref a;
  Ref b;
  Ref output;
  std::uint32_t count;
  float a_scale;
  float b_scale;
  float offset;
  std::int8_t clamp_min;
  std::int8_t clamp_max;
  std::uint16_t reserved;
};
static_assert(sizeof(X86AddParams) == 32);

bool VerifyDepthwiseX86Quads(const X86DepthwiseParams&, const Bounds&);
bool VerifyDepthwiseX86Pairs(const X86DepthwiseParams&, const Bounds&);
bool VerifyWinogradX86(const X86WinogradParams&, const Bounds&);
bool VerifyAddX86(const X86AddParams&, const Bounds&);
bool VerifyConvX86Quads(const X86ConvParams&, const Bounds&);
bool VerifyConvX86Pairs(const X86ConvParams&, const Bounds&);

}  // namespace tinyfog::nn
