#include "tinyfog/nn/kernels/convolution.h"
#include "tinyfog/nn/kernels/fully_connected.h"

// Verification is the same for every variant that takes the natural packing.
namespace tinyfog::nn {
namespace {

struct Sizes {
  std::uint32_t element;      // bytes of an activation
  std::uint32_t bias;         // bytes of a bias
  std::uint32_t weight_bits;  // of one weight
  bool requantised;           // multiplier and shift follow the bias
};
constexpr Sizes kInt8 = {1, 4, 8, true};
constexpr Sizes kInt4 = {1, 4, 4, true};
constexpr Sizes kInt16 = {2, 8, 8, true};
constexpr Sizes kFloat = {4, 4, 32, false};

std::uint64_t ChannelBytes(const Sizes& sizes, std::uint32_t channels, bool uniform) {
  return Product(channels, sizes.bias) +
         (sizes.requantised ? Product(uniform ? 1 : channels, 5) : 0);
}

std::uint64_t WeightBytes(const Sizes& sizes, std::uint64_t count) {
  return sizes.weight_bits == 4 ? (count + 1) / 2 : Product(count, sizes.weight_bits / 8);
}

bool Verify(const ConvolutionParams& p, const Bounds& bounds, const Sizes& sizes,
            std::uint64_t weights) {
  return p.packing == Packing::kNatural &&
         ArePositive(p.stride_height, p.stride_width, p.batches, p.output_height, p.output_width,
                     p.output_channels, p.input_channels, p.kernel_height, p.kernel_width) &&
         bounds.Reads(
             p.input,
             Product(p.batches, p.input_height, p.input_width, p.input_channels, sizes.element),
             sizes.element) &&
         bounds.Writes(
             p.output,
             Product(p.batches, p.output_height, p.output_width, p.output_channels, sizes.element),
             sizes.element) &&
         bounds.Reads(p.weights, WeightBytes(sizes, weights), sizes.weight_bits == 32 ? 4 : 1) &&
         bounds.Reads(p.channels, ChannelBytes(sizes, p.output_channels, p.uniform), sizes.bias);
}

bool VerifyDense(const ConvolutionParams& p, const Bounds& bounds, const Sizes& sizes) {
  return p.groups > 0 && p.input_channels % p.groups == 0 && p.output_channels % p.groups == 0 &&
         Verify(p, bounds, sizes,
                Product(p.output_channels, p.kernel_height, p.kernel_width,
                        p.input_channels / p.groups));
}

bool VerifyDepthwise(const ConvolutionParams& p, const Bounds& bounds, const Sizes& sizes) {
  return p.input_channels > 0 && p.output_channels % p.input_channels == 0 &&
         Verify(p, bounds, sizes, Product(p.kernel_height, p.kernel_width, p.output_channels));
}

bool Verify(const FullyConnectedParams& p, const Bounds& bounds, const Sizes& sizes) {
  return p.packing == Packing::kNatural && ArePositive(p.batches, p.inputs, p.outputs) &&
         bounds.Reads(p.input, Product(p.batches, p.inputs, sizes.element), sizes.element) &&
         bounds.Writes(p.output, Product(p.batches, p.outputs, sizes.element), sizes.element) &&
         bounds.Reads(p.weights, WeightBytes(sizes, Product(p.outputs, p.inputs)),
                      sizes.weight_bits == 32 ? 4 : 1) &&
         bounds.Reads(p.channels, ChannelBytes(sizes, p.outputs, p.uniform), sizes.bias);
}

}  // namespace

bool VerifyConv2dInt8(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDense(p, b, kInt8);
}
bool VerifyConv2dInt4(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDense(p, b, kInt4);
}
bool VerifyConv2dInt16(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDense(p, b, kInt16);
}
bool VerifyConv2dFloat(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDense(p, b, kFloat);
}
bool VerifyDepthwiseInt8(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDepthwise(p, b, kInt8);
}
bool VerifyDepthwiseInt4(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDepthwise(p, b, kInt4);
}
bool VerifyDepthwiseInt16(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDepthwise(p, b, kInt16);
}
bool VerifyDepthwiseFloat(const ConvolutionParams& p, const Bounds& b) {
  return VerifyDepthwise(p, b, kFloat);
}
bool VerifyFullyConnectedInt8(const FullyConnectedParams& p, const Bounds& b) {
  return Verify(p, b, kInt8);
}
bool VerifyFullyConnectedInt4(const FullyConnectedParams& p, const Bounds& b) {
  return Verify(p, b, kInt4);
}
bool VerifyFullyConnectedInt16(const FullyConnectedParams& p, const Bounds& b) {
  return Verify(p, b, kInt16);
}
bool VerifyFullyConnectedFloat(const FullyConnectedParams& p, const Bounds& b) {
  return Verify(p, b, kFloat);
}

}  // namespace tinyfog::nn
