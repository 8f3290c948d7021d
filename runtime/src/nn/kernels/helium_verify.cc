#include "tinyfog/nn/kernels/helium.h"

namespace tinyfog::nn {
namespace {

constexpr std::uint64_t Blocks(std::uint64_t channels) {
  return (channels + HeliumChannels::kCount - 1) / HeliumChannels::kCount;
}

bool VerifyMaps(const HeliumConvParams& p, const Bounds& bounds, std::uint64_t weights,
                std::uint64_t patches) {
  const std::uint64_t rows = p.is_pointwise() ? 0 : Product(p.kernel_height, p.RowBytes());
  // A pointwise kernel reads pixels (y * stride, x * stride) without a look at the borders.
  const bool is_inside =
      !p.is_pointwise() || ((p.output_height - 1u) * p.stride_height < p.input_height &&
                            (p.output_width - 1u) * p.stride_width < p.input_width);
  return ArePositive(p.batches, p.input_height, p.input_width, p.input_channels, p.output_height,
                     p.output_width, p.output_channels, p.kernel_height, p.kernel_width,
                     p.stride_height, p.stride_width) &&
         is_inside && p.kernel_height <= kHeliumMaxKernelHeight && p.pad_top < p.kernel_height &&
         p.RowBytes() > std::uint64_t{p.pad_left} * p.input_channels &&
         bounds.Reads(p.input,
                      Product(p.batches, p.input_height, p.input_width, p.input_channels)) &&
         bounds.Writes(p.output,
                       Product(p.batches, p.output_height, p.output_width, p.output_channels)) &&
         bounds.Reads(p.weights, weights, 16) &&
         bounds.Reads(p.channels, Product(Blocks(p.output_channels), sizeof(HeliumChannels)), 4) &&
         bounds.Writes(p.scratch, p.scratch_bytes, 16) && p.scratch_bytes >= rows + patches + 16;
}

}  // namespace

bool VerifyConvHelium(const HeliumConvParams& p, const Bounds& bounds) {
  return VerifyMaps(p, bounds, Product((p.output_channels + 1u) & ~1u, p.Depth()),
                    Product(2, p.Depth()));
}

bool VerifyDepthwiseHelium(const HeliumConvParams& p, const Bounds& bounds) {
  return p.output_channels == p.input_channels && !p.is_pointwise() &&
         VerifyMaps(p, bounds,
                    Product(Blocks(p.output_channels), p.kernel_height, p.kernel_width, 16), 0);
}

bool VerifyFullyConnectedHelium(const HeliumFullyConnectedParams& p, const Bounds& bounds) {
  const std::uint64_t depth = (std::uint64_t{p.inputs} + 15) / 16 * 16;
  const std::uint64_t read = Product(p.batches, p.inputs) + depth - p.inputs;
  return ArePositive(p.batches, p.inputs, p.outputs) && bounds.Reads(p.input, read) &&
         bounds.Writes(p.output, Product(p.batches, p.outputs)) &&
         bounds.Reads(p.weights, Product((std::uint64_t{p.outputs} + 1) / 2 * 2, depth), 16) &&
         bounds.Reads(p.biases, Product(Blocks(p.outputs), 64), 4);
}

}  // namespace tinyfog::nn
