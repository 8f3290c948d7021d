#include "tinyfog/nn/kernels/x86.h"

namespace tinyfog::nn {
namespace {

// Inputs are read in groups of sixteen bytes.
constexpr std::uint64_t kSlack = 15;

bool VerifyConv(const X86ConvParams& p, const Bounds& bounds, std::uint32_t step) {
  // A pointwise kernel reads pixels (y * stride, x * stride) without a look at the borders.
  const bool is_inside =
      !p.is_pointwise() || ((p.output_height - 1u) * p.stride_height < p.input_height &&
                            (p.output_width - 1u) * p.stride_width < p.input_width);
  const std::uint64_t weights = Product(p.Blocks(), p.kernel_height, p.GroupsPerRow(step),
                                        std::uint64_t{X86Channels::kCount} * step);
  return ArePositive(p.batches, p.input_height, p.input_width, p.input_channels, p.output_height,
                     p.output_width, p.output_channels, p.kernel_height, p.kernel_width,
                     p.stride_height, p.stride_width, p.band_rows) &&
         is_inside && p.band_rows <= p.output_height &&
         p.RowValues() > std::uint64_t{p.pad_left} * p.input_channels &&
         bounds.Reads(p.input, kSlack + Product(p.batches, p.input_height, p.input_width,
                                                p.input_channels)) &&
         bounds.Writes(p.output,
                       Product(p.batches, p.output_height, p.output_width, p.output_channels)) &&
         bounds.Reads(p.weights, weights, 16) &&
         bounds.Reads(p.channels, Product(p.Blocks(), sizeof(X86Channels)), 16) &&
         bounds.Writes(p.scratch, p.scratch_bytes, 16) && p.scratch_bytes >= p.ScratchBytes(step);
}

bool VerifyDepthwise(const X86DepthwiseParams& p, const Bounds& bounds, std::uint32_t step) {
  const std::uint32_t block = X86DepthwiseParams::Block(step);
  const bool is_pitch = p.pitch >= p.channels && (p.pitch % block == 0 || block % p.pitch == 0);
  const std::uint64_t places = std::uint64_t{p.Blocks(step)} * block;
  const std::uint64_t weights =
      Product(places * p.StripRows(), p.Groups(step) * step, p.kernel_width, 4 / step);
  return ArePositive(p.batches, p.input_height, p.input_width, p.output_height, p.output_width,
                     p.channels, p.kernel_height, p.kernel_width, p.stride_height,
                     p.stride_width) &&
         is_pitch && p.pad_left < p.kernel_width &&
         p.Groups(step) * step <= X86DepthwiseParams::kMostInputs &&
         bounds.Reads(p.input,
                      kSlack + Product(p.batches, p.input_height, p.input_width, p.channels)) &&
         bounds.Writes(p.output, Product(p.batches, p.output_height, p.output_width, p.channels)) &&
         bounds.Reads(p.weights, weights, 16) &&
         bounds.Reads(p.block_channels, Product(places / X86Channels::kCount, sizeof(X86Channels)),
                      16) &&
         bounds.Writes(p.scratch, p.scratch_bytes, 16) && p.scratch_bytes >= p.ScratchBytes(step);
}

}  // namespace

bool VerifyDepthwiseX86Quads(const X86DepthwiseParams& p, const Bounds& bounds) {
  return VerifyDepthwise(p, bounds, 4);
}
bool VerifyDepthwiseX86Pairs(const X86DepthwiseParams& p, const Bounds& bounds) {
  return VerifyDepthwise(p, bounds, 2);
}
bool VerifyWinogradX86(const X86WinogradParams& p, const Bounds& bounds) {
  const std::uint64_t weights =
      Product(p.Blocks(), X86WinogradParams::kPlaces, p.input_channels, 16 * 2);
  // Products of 32 bits stay small.
  const bool is_small = Product(p.TilesX() * 4 + 2, p.input_channels) < (1u << 30);
  return ArePositive(p.batches, p.input_height, p.input_width, p.input_channels, p.output_height,
                     p.output_width, p.output_channels, p.band_tiles) &&
         is_small && p.input_channels % 16 == 0 && p.pad_top <= 2 && p.pad_left <= 2 &&
         bounds.Reads(p.input, kSlack + Product(p.batches, p.input_height, p.input_width,
                                                p.input_channels)) &&
         bounds.Writes(p.output,
                       Product(p.batches, p.output_height, p.output_width, p.output_channels)) &&
         bounds.Reads(p.weights, weights, 16) &&
         bounds.Reads(p.block_channels, Product(p.Blocks(), sizeof(X86Channels)), 16) &&
         bounds.Writes(p.scratch, p.scratch_bytes, 16) && p.scratch_bytes >= p.ScratchBytes();
}
bool VerifyAddX86(const X86AddParams& p, const Bounds& bounds) {
  return bounds.Reads(p.a, p.count) && bounds.Reads(p.b, p.count) &&
         bounds.Writes(p.output, p.count);
}
bool VerifyConvX86Quads(const X86ConvParams& p, const Bounds& bounds) {
  return VerifyConv(p, bounds, 4);
}
bool VerifyConvX86Pairs(const X86ConvParams& p, const Bounds& bounds) {
  return VerifyConv(p, bounds, 2);
}

}  // namespace tinyfog::nn
