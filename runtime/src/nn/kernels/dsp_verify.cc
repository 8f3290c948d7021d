#include "tinyfog/nn/kernels/dsp.h"

namespace tinyfog::nn {
namespace {

constexpr std::uint64_t RoundUp(std::uint64_t value, std::uint64_t to) {
  return (value + to - 1) / to * to;
}

}  // namespace

bool VerifyConvDsp(const DspConvParams& p, const Bounds& bounds) {
  const std::uint64_t pairs = (p.output_channels + 1u) / 2;
  return ArePositive(p.batches, p.input_height, p.input_width, p.input_channels, p.output_height,
                     p.output_width, p.output_channels, p.kernel_height, p.kernel_width,
                     p.stride_height, p.stride_width) &&
         bounds.Reads(p.input, Product(p.batches, p.input_height, p.input_width, p.input_channels) +
                                   RoundUp(p.RowBytes(), 4) - p.RowBytes()) &&
         bounds.Writes(p.output,
                       Product(p.batches, p.output_height, p.output_width, p.output_channels)) &&
         bounds.Reads(p.weights, Product(pairs, p.kernel_height, p.RowTaps(), 4), 4) &&
         bounds.Reads(p.channels, Product(pairs, sizeof(DspPair)), 4) &&
         bounds.Writes(p.scratch, p.scratch_bytes, 4) && p.scratch_bytes >= p.ScratchBytes();
}

bool VerifyDepthwiseDsp(const DspDepthwiseParams& p, const Bounds& bounds) {
  return ArePositive(p.input_height, p.input_width, p.output_height, p.output_width) &&
         p.channel_count >= 4 && (p.stride == 1 || p.stride == 2) && p.pad_top <= 2 &&
         p.pad_left <= 2 &&
         bounds.Reads(p.input, Product(p.input_height, p.input_width, p.channel_count)) &&
         bounds.Writes(p.output, Product(p.output_height, p.output_width, p.channel_count)) &&
         bounds.Reads(p.channels, Product(p.channel_count, sizeof(DspTaps) + 1), 4) &&
         bounds.Writes(p.scratch, p.scratch_bytes, 4) && p.scratch_bytes >= p.ScratchBytes();
}

bool VerifyFullyConnectedDsp(const DspFullyConnectedParams& p, const Bounds& bounds) {
  const std::uint64_t inputs = RoundUp(p.inputs, 4);
  const std::uint64_t outputs = RoundUp(p.outputs, 4);
  return ArePositive(p.batches, p.inputs, p.outputs) &&
         bounds.Reads(p.input, Product(p.batches, p.inputs) + inputs - p.inputs) &&
         bounds.Writes(p.output, Product(p.batches, p.outputs)) &&
         bounds.Reads(p.weights, Product(outputs, inputs), 4) &&
         bounds.Reads(p.biases, Product(outputs, 4), 4) &&
         bounds.Reads(p.scales, Product(p.uniform ? 1 : outputs, sizeof(DspScale)), 4);
}

bool VerifyAddDsp(const DspAddParams& p, const Bounds& bounds) {
  return p.count > 0 && p.a_left <= 22 && bounds.Reads(p.a, p.count) &&
         bounds.Reads(p.b, p.count) && bounds.Writes(p.output, p.count);
}

}  // namespace tinyfog::nn
