#include "program.h"
#include "sweep.h"
#include "tinyfog/nn/kernels/dsp.h"

// The operators for cores with the DSP extension: assembly against plain C++.
namespace tinyfog::nn::reference {
void RunConvDsp(const DspConvParams&, Memory);
void RunDepthwiseDsp(const DspDepthwiseParams&, Memory);
void RunFullyConnectedDsp(const DspFullyConnectedParams&, Memory);
void RunAddDsp(const DspAddParams&, Memory);
}  // namespace tinyfog::nn::reference

namespace tinyfog::board {
namespace {

template <class T>
T Draw(Case& c, std::int32_t lowest, std::int32_t highest) {
  return static_cast<T>(c.random().Between(lowest, highest));
}
std::int32_t DrawBias(Case& c) { return 2 * c.random().Between(-20000, 20000); }
// One half is exact: results lie on ties more often.
std::int32_t DrawMultiplier(Case& c) {
  return c.random().Between(0, 2) == 0 ? 1 << 30 : c.random().Between(1 << 30, INT32_MAX);
}
std::uint8_t DrawExponent(Case& c) {
  return static_cast<std::uint8_t>(c.random().Between(0, 3) == 0 ? c.random().Between(0, 21)
                                                                 : c.random().Between(5, 12));
}
// Extreme values beside random ones.
void Shape(Case& c, std::int8_t* bytes, std::uint32_t count) {
  const std::int32_t kind = c.random().Between(0, 5);
  for (std::uint32_t i = 0; i < count && kind < 3; ++i) {
    const bool high = kind == 2 ? (bytes[i] & 1) != 0 : kind == 1;
    bytes[i] = high ? 127 : -128;
  }
}

bool CheckConv(Case& c) {
  nn::DspConvParams p{};
  const bool pointwise = c.random().Between(0, 1) == 0;
  p.batches = Draw<std::uint16_t>(c, 1, 2);
  p.input_channels = Draw<std::uint16_t>(c, 1, pointwise ? 80 : 20);
  p.output_channels = Draw<std::uint16_t>(c, 1, 20);
  p.output_height = Draw<std::uint16_t>(c, 1, 6);
  p.output_width = Draw<std::uint16_t>(c, 1, 7);
  p.kernel_height = p.kernel_width = 1;
  p.stride_height = p.stride_width = 1;
  p.input_height = p.output_height;
  p.input_width = p.output_width;
  if (!pointwise) {
    p.kernel_height = Draw<std::uint16_t>(c, 1, 5);
    p.kernel_width = Draw<std::uint16_t>(c, 1, 5);
    p.stride_height = Draw<std::uint8_t>(c, 1, 2);
    p.stride_width = Draw<std::uint8_t>(c, 1, 2);
    p.pad_top = Draw<std::uint16_t>(c, 0, p.kernel_height - 1);
    p.pad_left = Draw<std::uint16_t>(c, 0, p.kernel_width - 1);
    p.input_height = Draw<std::uint16_t>(c, 1, 12);
    p.input_width = Draw<std::uint16_t>(c, 1, 12);
    if (c.random().Between(0, 3) == 0) {  // what many models have, with a loop of its own
      p.input_channels = static_cast<std::uint16_t>((p.input_channels + 3) & ~3);
      p.kernel_width = 3;
      p.stride_width = 1;
      p.pad_left = Draw<std::uint16_t>(c, 0, 2);
    }
  }
  p.input_zero_point = Draw<std::int8_t>(c, -128, 127);
  p.output_zero_point = Draw<std::int8_t>(c, -128, 127);
  const std::uint32_t pairs = (p.output_channels + 1u) / 2;
  const std::uint32_t inputs =
      std::uint32_t{p.batches} * p.input_height * p.input_width * p.input_channels;
  const std::uint32_t outputs =
      std::uint32_t{p.batches} * p.output_height * p.output_width * p.output_channels;
  p.input = c.TakeArena(inputs + 3);
  Shape(c, c.Arena<std::int8_t>(p.input), inputs);
  const bool in_place = p.is_pointwise() && p.output_channels <= p.input_channels;
  p.output = in_place && c.random().Between(0, 1) == 0 ? p.input : c.TakeArena(outputs);
  const std::uint32_t weights = pairs * p.kernel_height * p.RowTaps() * 4;
  p.weights = c.TakeConstant(weights);
  Shape(c, c.Constant<std::int8_t>(p.weights), weights);
  p.channels = c.TakeConstant(pairs * sizeof(nn::DspPair));
  for (std::uint32_t i = 0; i < pairs; ++i) {
    nn::DspPair& pair = c.Constant<nn::DspPair>(p.channels)[i];
    for (int j = 0; j < 2; ++j) {
      pair.doubled_bias[j] = DrawBias(c);
      pair.multiplier[j] = DrawMultiplier(c);
      pair.exponent[j] = DrawExponent(c);
    }
  }
  p.scratch_bytes = static_cast<std::uint32_t>(p.ScratchBytes());
  p.scratch = c.TakeArena(p.scratch_bytes);
  c.IgnoreScratch(p.scratch, p.scratch_bytes);
  return c.Check(p, nn::VerifyConvDsp, nn::RunConvDsp, nn::reference::RunConvDsp);
}

bool CheckDepthwise(Case& c) {
  nn::DspDepthwiseParams p{};
  p.channel_count = Draw<std::uint16_t>(c, 4, 14);
  p.stride = Draw<std::uint8_t>(c, 1, 2);
  p.pad_top = Draw<std::uint8_t>(c, 0, 2);
  p.pad_left = Draw<std::uint8_t>(c, 0, 2);
  p.input_height = Draw<std::uint16_t>(c, 1, 30);
  p.input_width = Draw<std::uint16_t>(c, 1, 12);
  p.output_height = static_cast<std::uint16_t>((p.input_height + p.stride - 1) / p.stride);
  p.output_width = static_cast<std::uint16_t>((p.input_width + p.stride - 1) / p.stride);
  p.input_zero_point = Draw<std::int8_t>(c, -128, 127);
  p.output_zero_point = Draw<std::int8_t>(c, -128, 127);
  const std::uint32_t inputs = std::uint32_t{p.input_height} * p.input_width * p.channel_count;
  const std::uint32_t outputs = std::uint32_t{p.output_height} * p.output_width * p.channel_count;
  p.input = c.TakeArena(inputs);
  Shape(c, c.Arena<std::int8_t>(p.input), inputs);
  p.output = c.random().Between(0, 1) == 0 ? p.input : c.TakeArena(outputs);
  p.channels = c.TakeConstant(p.channel_count * (sizeof(nn::DspTaps) + 1));
  auto* taps = c.Constant<nn::DspTaps>(p.channels);
  auto* exponents = reinterpret_cast<std::uint8_t*>(taps + p.channel_count);
  for (std::uint32_t i = 0; i < p.channel_count; ++i) {
    Shape(c, taps[i].weight[0], 12);
    for (auto& weight : taps[i].weight) {
      weight[p.stride == 1 ? 2 : 3] = p.stride == 1 ? weight[1] : std::int8_t{0};
    }
    taps[i].doubled_bias = DrawBias(c);
    taps[i].multiplier = DrawMultiplier(c);
    exponents[i] = DrawExponent(c);
  }
  p.scratch_bytes = static_cast<std::uint32_t>(p.ScratchBytes());
  p.scratch = c.TakeArena(p.scratch_bytes);
  c.IgnoreScratch(p.scratch, p.scratch_bytes);
  return c.Check(p, nn::VerifyDepthwiseDsp, nn::RunDepthwiseDsp, nn::reference::RunDepthwiseDsp);
}

bool CheckFullyConnected(Case& c) {
  nn::DspFullyConnectedParams p{};
  p.batches = Draw<std::uint32_t>(c, 1, 3);
  p.inputs = Draw<std::uint32_t>(c, 1, 150);
  p.outputs = Draw<std::uint32_t>(c, 1, 30);
  p.uniform = Draw<std::uint8_t>(c, 0, 1);
  p.output_zero_point = Draw<std::int8_t>(c, -128, 127);
  const std::uint32_t inputs = (p.inputs + 3) & ~3u;
  const std::uint32_t outputs = (p.outputs + 3) & ~3u;
  p.input = c.TakeArena(p.batches * p.inputs + 3);
  Shape(c, c.Arena<std::int8_t>(p.input), p.batches * p.inputs);
  p.output = c.TakeArena(p.batches * p.outputs);
  p.weights = c.TakeConstant(inputs * outputs);
  Shape(c, c.Constant<std::int8_t>(p.weights), inputs * outputs);
  p.biases = c.TakeConstant(outputs * 4);
  p.scales = c.TakeConstant(outputs * sizeof(nn::DspScale));
  for (std::uint32_t i = 0; i < outputs; ++i) {
    c.Constant<std::int32_t>(p.biases)[i] = DrawBias(c);
    c.Constant<nn::DspScale>(p.scales)[i] = {DrawMultiplier(c), DrawExponent(c)};
  }
  return c.Check(p, nn::VerifyFullyConnectedDsp, nn::RunFullyConnectedDsp,
                 nn::reference::RunFullyConnectedDsp);
}

bool CheckAdd(Case& c) {
  nn::DspAddParams p{};
  p.count = Draw<std::uint32_t>(c, 1, 200);
  p.a = c.TakeArena(p.count);
  p.b = c.TakeArena(p.count);
  Shape(c, c.Arena<std::int8_t>(p.a), p.count);
  const std::int32_t place = c.random().Between(0, 2);
  p.output = place == 0 ? p.a : place == 1 ? p.b : c.TakeArena(p.count);
  p.a_multiplier = DrawMultiplier(c);
  p.output_multiplier = DrawMultiplier(c);
  p.a_exponent = Draw<std::uint8_t>(c, 0, 8);
  p.a_left = p.a_exponent == 0 ? 22 : 21;
  p.output_exponent = Draw<std::uint8_t>(c, 15, 21);
  p.a_zero_point = Draw<std::int8_t>(c, -128, 127);
  p.b_zero_point = Draw<std::int8_t>(c, -128, 127);
  p.output_zero_point = Draw<std::int8_t>(c, -128, 127);
  return c.Check(p, nn::VerifyAddDsp, nn::RunAddDsp, nn::reference::RunAddDsp);
}

}  // namespace

std::int32_t Main() {
  return Sweep("conv_dsp", 1000, CheckConv) + Sweep("depthwise_dsp", 1000, CheckDepthwise) +
         Sweep("fully_connected_dsp", 500, CheckFullyConnected) + Sweep("add_dsp", 300, CheckAdd);
}

}  // namespace tinyfog::board
