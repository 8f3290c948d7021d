#include "program.h"
#include "sweep.h"
#include "tinyfog/nn/kernels/helium.h"

// The Helium operators: MVE instructions against plain C++.
namespace tinyfog::nn::reference {
void RunConvHelium(const HeliumConvParams&, Memory);
void RunDepthwiseHelium(const HeliumConvParams&, Memory);
void RunFullyConnectedHelium(const HeliumFullyConnectedParams&, Memory);
}  // namespace tinyfog::nn::reference

namespace tinyfog::board {
namespace {

using nn::HeliumConvParams;

std::uint32_t RoundUp(std::uint32_t value, std::uint32_t to) { return (value + to - 1) / to * to; }

// Sums are below 2^21: these scales saturate some outputs, not all.
void WriteBlocks(Case& c, nn::Ref ref, std::uint32_t blocks) {
  for (std::uint32_t i = 0; i < blocks; ++i) {
    nn::HeliumChannels& block = c.Constant<nn::HeliumChannels>(ref)[i];
    for (std::uint32_t k = 0; k < nn::HeliumChannels::kCount; ++k) {
      block.bias[k] = c.random().Between(-20000, 20000);
      block.multiplier[k] = c.random().Between(1 << 30, INT32_MAX);
      block.shift[k] = static_cast<std::int8_t>(-c.random().Between(0, 14));
    }
  }
}

std::uint16_t Draw(Case& c, int lowest, int highest) {
  return static_cast<std::uint16_t>(c.random().Between(lowest, highest));
}

// Sizes, strides, paddings, ranges; not the channels.
HeliumConvParams DrawMaps(Case& c, int largest_kernel) {
  HeliumConvParams p{};
  const bool is_pointwise = largest_kernel > 0 && c.random().Between(0, 2) == 0;
  p.batches = Draw(c, 1, 2);
  p.kernel_height = is_pointwise ? 1 : Draw(c, 1, largest_kernel == 0 ? 4 : largest_kernel);
  p.kernel_width = is_pointwise ? 1 : Draw(c, 2, 4);
  if (c.random().Between(0, 1) == 0 && !is_pointwise) p.kernel_height = p.kernel_width = 3;
  p.stride_height = static_cast<std::uint8_t>(Draw(c, 1, 2));
  p.stride_width = static_cast<std::uint8_t>(Draw(c, 1, 2));
  p.pad_top = is_pointwise ? 0 : Draw(c, 0, p.kernel_height - 1);
  p.pad_left = is_pointwise ? 0 : Draw(c, 0, p.kernel_width - 1);
  p.output_height = Draw(c, 1, 6);
  p.output_width = Draw(c, 1, 7);
  p.input_height =
      static_cast<std::uint16_t>((p.output_height - 1) * p.stride_height + 1 + Draw(c, 0, 2));
  p.input_width =
      static_cast<std::uint16_t>((p.output_width - 1) * p.stride_width + 1 + Draw(c, 0, 2));
  p.input_zero_point = static_cast<std::int8_t>(c.random().Between(-128, 127));
  p.output_zero_point = static_cast<std::int8_t>(c.random().Between(-128, 127));
  p.clamp_min = static_cast<std::int8_t>(c.random().Between(-128, -100));
  p.clamp_max = static_cast<std::int8_t>(c.random().Between(100, 127));
  return p;
}

void TakeMaps(Case& c, HeliumConvParams& p, std::uint32_t weights, std::uint32_t patches) {
  p.input =
      c.TakeArena(std::uint32_t{p.batches} * p.input_height * p.input_width * p.input_channels);
  p.output =
      c.TakeArena(std::uint32_t{p.batches} * p.output_height * p.output_width * p.output_channels);
  p.weights = c.TakeConstant(weights);
  const std::uint32_t blocks = RoundUp(p.output_channels, 16) / 16;
  p.channels = c.TakeConstant(blocks * sizeof(nn::HeliumChannels));
  WriteBlocks(c, p.channels, blocks);
  const std::uint64_t rows = p.is_pointwise() ? 0 : p.kernel_height * p.RowBytes();
  p.scratch_bytes = static_cast<std::uint32_t>(rows) + patches + 16;
  p.scratch = c.TakeArena(p.scratch_bytes);
  c.IgnoreScratch(p.scratch, p.scratch_bytes);
}

bool CheckDense(Case& c) {
  HeliumConvParams p = DrawMaps(c, 4);
  p.input_channels = Draw(c, 1, 40);
  p.output_channels = Draw(c, 1, 40);
  const std::uint32_t depth = static_cast<std::uint32_t>(p.Depth());
  const std::uint32_t inner = std::uint32_t{p.kernel_height} * p.kernel_width * p.input_channels;
  TakeMaps(c, p, RoundUp(p.output_channels, 2) * depth, 2 * depth);
  // What lies behind a patch is whatever the scratch held.
  for (std::uint32_t row = 0; row < RoundUp(p.output_channels, 2); ++row) {
    std::int8_t* weights = c.Constant<std::int8_t>(p.weights) + row * depth;
    for (std::uint32_t i = inner; i < depth; ++i) weights[i] = 0;
  }
  return c.Check(p, nn::VerifyConvHelium, nn::RunConvHelium, nn::reference::RunConvHelium);
}

bool CheckDepthwise(Case& c) {
  HeliumConvParams p = DrawMaps(c, 0);
  p.input_channels = p.output_channels = c.random().Between(0, 3) == 0 ? 8 : Draw(c, 1, 40);
  const std::uint32_t taps = std::uint32_t{p.kernel_height} * p.kernel_width;
  const std::uint32_t bytes = RoundUp(p.output_channels, 16) * taps;
  TakeMaps(c, p, bytes, 0);
  for (std::uint32_t i = 0; i < bytes; ++i) {
    std::int8_t& weight = c.Constant<std::int8_t>(p.weights)[i];
    if (weight == -128) weight = -127;
  }
  if (p.HasPairs()) {
    std::int8_t* weights = c.Constant<std::int8_t>(p.weights);
    for (std::uint32_t i = 0; i < bytes; ++i)
      weights[i / 16 * 16 + 8 + i % 8] = weights[i / 16 * 16 + i % 8];
    nn::HeliumChannels& block = c.Constant<nn::HeliumChannels>(p.channels)[0];
    for (std::uint32_t i = 0; i < 8; ++i) {
      const std::uint32_t from = nn::HeliumChannels::PlaceOf(i);
      const std::uint32_t to = nn::HeliumChannels::PlaceOf(i + 8);
      block.bias[to] = block.bias[from];
      block.multiplier[to] = block.multiplier[from];
      block.shift[to] = block.shift[from];
    }
  }
  return c.Check(p, nn::VerifyDepthwiseHelium, nn::RunDepthwiseHelium,
                 nn::reference::RunDepthwiseHelium);
}

bool CheckFullyConnected(Case& c) {
  nn::HeliumFullyConnectedParams p{};
  p.batches = Draw(c, 1, 3);
  p.inputs = Draw(c, 1, 100);
  p.outputs = Draw(c, 1, 50);
  const std::uint32_t depth = RoundUp(p.inputs, 16);
  const std::uint32_t rows = RoundUp(p.outputs, 2);
  p.input = c.TakeArena(p.batches * p.inputs + depth);
  p.output = c.TakeArena(p.batches * p.outputs);
  p.weights = c.TakeConstant(rows * depth);
  p.biases = c.TakeConstant(RoundUp(p.outputs, 16) * 4);
  for (std::uint32_t i = 0; i < RoundUp(p.outputs, 16); ++i) {
    c.Constant<std::int32_t>(p.biases)[i] = c.random().Between(-20000, 20000);
  }
  p.multiplier = c.random().Between(1 << 30, INT32_MAX);
  p.shift = static_cast<std::int8_t>(-c.random().Between(0, 14));
  p.output_zero_point = static_cast<std::int8_t>(c.random().Between(-128, 127));
  p.clamp_min = static_cast<std::int8_t>(c.random().Between(-128, -100));
  p.clamp_max = static_cast<std::int8_t>(c.random().Between(100, 127));
  return c.Check(p, nn::VerifyFullyConnectedHelium, nn::RunFullyConnectedHelium,
                 nn::reference::RunFullyConnectedHelium);
}

}  // namespace

std::int32_t Main() {
  return Sweep("conv_helium", 500, CheckDense) + Sweep("depthwise_helium", 500, CheckDepthwise) +
         Sweep("fully_connected_helium", 300, CheckFullyConnected);
}

}  // namespace tinyfog::board
