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
  const std::uint64_t weights =
      Product(p.Blocks() * p.StripRows(), p.Groups(step), p.kernel_width, 16 * step);
  return ArePositive(p.batches, p.input_height, p.input_width, p.output_height, p.output_width,
                     p.channels, p.kernel_height, p.kernel_width, p.stride_height,
                     p.stride_width) &&
         p.Groups(step) <= X86DepthwiseParams::kMostGroups &&
         bounds.Reads(p.input,
                      kSlack + Product(p.batches, p.input_height, p.input_width, p.channels)) &&
         bounds.Writes(p.output, Product(p.batches, p.output_height, p.output_width, p.channels)) &&
         bounds.Reads(p.weights, weights, 16) &&
         bounds.Reads(p.block_channels, Product(p.Blocks(), sizeof(X86Channels)), 16) &&
         bounds.Writes(p.scratch, p.scratch_bytes, 16) && p.scratch_bytes >= p.ScratchBytes(step);
}

}  // namespace

bool VerifyDepthwiseX86Quads(const X86DepthwiseParams& p, const Bounds& bounds) {
  return VerifyDepthwise(p, bounds, 4);
}
bool VerifyDepthwiseX86Pairs(const X86DepthwiseParams& p, const Bounds& bounds) {
  return VerifyDepthwise(p, bounds, 2);
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
