#include "lower_dsp.h"

#include <algorithm>

#include "copy_maps.h"
#include "pack_dsp.h"
#include "tinyfog/graph/weights.h"
#include "tinyfog/nn/kernels/dsp.h"

namespace tinyfog::compile {
namespace {

using nn::DspConvParams;
using nn::DspDepthwiseParams;

bool IsWhole(std::int32_t clamp_min, std::int32_t clamp_max) {
  return clamp_min <= -128 && clamp_max >= 127;
}

// Makes room behind an input, which the kernel reads in groups of four bytes. Whether it can.
bool ReserveBehind(Context& context, int tensor, std::uint64_t bytes) {
  const Storage& storage = context.StorageOf(tensor);
  if (storage.is_constant) return false;
  Buffer& buffer = context.program().buffers[static_cast<std::size_t>(storage.buffer)];
  buffer.bytes = std::max(buffer.bytes, storage.offset + bytes);
  return true;
}

std::uint64_t Behind(std::uint64_t bytes) { return (4 - bytes % 4) % 4; }

// How far the output must begin before the input so that no four pixels are written over input that
// is still to be read; less than 0: it may begin later.
std::int64_t OverlapDistance(const DspConvParams& p) {
  const std::int64_t map = std::int64_t{p.output_height} * p.output_width;
  const std::int64_t pixels = p.batches * map;
  const std::int64_t row = std::int64_t{p.input_width} * p.input_channels;
  std::int64_t distance = INT64_MIN;
  for (std::int64_t i = 4; i < pixels; i += 4) {
    const std::int64_t y =
        std::max<std::int64_t>(0, i % map / p.output_width * p.stride_height - p.pad_top);
    const std::int64_t needed =
        p.is_pointwise() ? i * p.input_channels : (i / map * p.input_height + y) * row;
    distance = std::max(distance, i * p.output_channels - needed);
  }
  return distance;
}

bool Describe(const nn::ConvolutionParams& from, DspConvParams& p) {
  if (from.groups != 1 || from.dilation_height != 1 || from.dilation_width != 1 ||
      from.pad_top < 0 || from.pad_left < 0 || !IsWhole(from.clamp_min, from.clamp_max)) {
    return false;
  }
  CopyMaps(from, p);
  return true;
}

bool Describe(const nn::ConvolutionParams& from, DspDepthwiseParams& p) {
  const bool is_covered = from.batches == 1 && from.kernel_height == 3 && from.kernel_width == 3 &&
                          from.stride_height == from.stride_width && from.stride_height <= 2 &&
                          from.dilation_height == 1 && from.dilation_width == 1 &&
                          from.pad_top >= 0 && from.pad_top <= 2 && from.pad_left >= 0 &&
                          from.pad_left <= 2 && from.input_channels == from.output_channels &&
                          from.input_channels >= 4 && IsWhole(from.clamp_min, from.clamp_max);
  if (!is_covered) return false;
  p.input_height = from.input_height;
  p.input_width = from.input_width;
  p.output_height = from.output_height;
  p.output_width = from.output_width;
  p.channel_count = from.input_channels;
  p.stride = from.stride_height;
  p.pad_top = static_cast<std::uint8_t>(from.pad_top);
  p.pad_left = static_cast<std::uint8_t>(from.pad_left);
  p.input_zero_point = static_cast<std::int8_t>(from.input_zero_point);
  p.output_zero_point = static_cast<std::int8_t>(from.output_zero_point);
  return true;
}

}  // namespace

bool LowerConvDsp(Context& context, const nn::ConvolutionParams& params,
                  const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales) {
  StepWriter<DspConvParams> step(context, nn::Opcode::kConvDsp);
  DspConvParams& p = step.params;
  if (!Describe(params, p)) return false;
  const std::vector<std::int8_t> weights = graph::WeightsOf(context.In(1));
  const std::vector<std::int64_t> absolute = AbsoluteSums(weights, biases.size(), false);
  std::vector<SumRange> sums;
  for (std::size_t c = 0; c < biases.size(); ++c) sums.push_back({biases[c], 128 * absolute[c]});
  const auto exact = DspScales(sums, scales);
  const std::uint64_t read = context.In(0).bytes() + Behind(p.RowBytes());
  if (!exact || !ReserveBehind(context, context.InTensor(0), read)) return false;
  std::vector<std::int32_t> own = biases;
  const std::size_t per_channel = weights.size() / biases.size();
  for (std::size_t i = 0; i < weights.size(); ++i) own[i / per_channel] -= 128 * weights[i];
  p.weights = context.AddConstant(PackConvDsp(weights, p));
  p.channels = context.AddConstant(PackPairsDsp(own, *exact));
  p.scratch_bytes = static_cast<std::uint32_t>(p.ScratchBytes());
  step.UseBuffer(p.scratch, context.AddScratch(p.scratch_bytes));
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  const std::int64_t distance = std::max<std::int64_t>(0, OverlapDistance(p));
  step.AllowInPlace(context.InTensor(0), context.OutTensor(), static_cast<std::uint64_t>(distance));
  step.Finish();
  return true;
}

bool LowerDepthwiseDsp(Context& context, const nn::ConvolutionParams& params,
                       const std::vector<std::int32_t>& biases,
                       const std::vector<nn::Scale>& scales) {
  StepWriter<DspDepthwiseParams> step(context, nn::Opcode::kDepthwiseDsp);
  DspDepthwiseParams& p = step.params;
  if (!Describe(params, p)) return false;
  const std::vector<std::int8_t> weights = graph::WeightsOf(context.In(1));
  const std::vector<std::int64_t> absolute = AbsoluteSums(weights, biases.size(), true);
  // The kernel takes off the input's zero point itself.
  std::vector<std::int32_t> own = biases;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    own[i % own.size()] += p.input_zero_point * weights[i];
  }
  std::vector<SumRange> sums;
  for (std::size_t c = 0; c < own.size(); ++c) sums.push_back({own[c], 255 * absolute[c]});
  const auto exact = DspScales(sums, scales);
  if (!exact) return false;
  p.channels = context.AddConstant(PackDepthwiseDsp(weights, p.stride, own, *exact));
  p.scratch_bytes = static_cast<std::uint32_t>(p.ScratchBytes());
  step.UseBuffer(p.scratch, context.AddScratch(p.scratch_bytes));
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  if (p.output_height <= p.input_height && p.output_width <= p.input_width) {
    step.AllowInPlace(context.InTensor(0), context.OutTensor());
  }
  step.Finish();
  return true;
}

bool LowerFullyConnectedDsp(Context& context, const nn::FullyConnectedParams& params,
                            const std::vector<std::int32_t>& biases,
                            const std::vector<nn::Scale>& scales) {
  if (!IsWhole(params.clamp_min, params.clamp_max)) return false;
  const std::vector<std::int8_t> weights = graph::WeightsOf(context.In(1));
  const std::vector<std::int64_t> absolute = AbsoluteSums(weights, biases.size(), false);
  std::vector<SumRange> sums;
  for (std::size_t c = 0; c < biases.size(); ++c) sums.push_back({biases[c], 128 * absolute[c]});
  auto exact = DspScales(sums, scales);
  const std::uint64_t read = context.In(0).bytes() + Behind(params.inputs);
  if (!exact || !ReserveBehind(context, context.InTensor(0), read)) return false;
  StepWriter<nn::DspFullyConnectedParams> step(context, nn::Opcode::kFullyConnectedDsp);
  nn::DspFullyConnectedParams& p = step.params;
  p.batches = params.batches;
  p.inputs = params.inputs;
  p.outputs = params.outputs;
  p.output_zero_point = static_cast<std::int8_t>(params.output_zero_point);
  p.uniform = std::all_of(exact->begin(), exact->end(), [&](const nn::DspScale& s) {
    return s.multiplier == (*exact)[0].multiplier && s.exponent == (*exact)[0].exponent;
  });
  const std::size_t outputs = (biases.size() + 3) / 4 * 4;
  std::vector<std::int32_t> padded = biases;
  padded.resize(outputs);
  exact->resize(p.uniform ? 1 : outputs);
  p.weights = context.AddConstant(PackFullyConnectedDsp(weights, biases.size()));
  p.biases = context.AddConstants(padded);
  p.scales = context.AddConstants(*exact);
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return true;
}

bool LowerAddDsp(Context& context, const nn::QuantisedBinaryParams& params) {
  const auto is_half = [](std::int32_t multiplier, std::int32_t shift) {
    return multiplier == 1 << 30 && shift == 0;
  };
  // One operand has the larger scale and is halved exactly; the other is scaled.
  const bool swapped = !is_half(params.b_multiplier, params.b_shift);
  const std::int32_t multiplier = swapped ? params.b_multiplier : params.a_multiplier;
  const std::int32_t shift = swapped ? params.b_shift : params.a_shift;
  if (context.In(0).shape != context.In(1).shape || context.In(0).shape != context.Out().shape ||
      !IsWhole(params.clamp_min, params.clamp_max) ||
      (swapped && !is_half(params.a_multiplier, params.a_shift)) || shift < -22 ||
      (shift == 0 && !is_half(multiplier, shift)) || shift > 0 || params.output_shift < -22 ||
      params.output_shift >= 0) {
    return false;
  }
  StepWriter<nn::DspAddParams> step(context, nn::Opcode::kAddDsp);
  nn::DspAddParams& p = step.params;
  p.count = static_cast<std::uint32_t>(context.Out().elements());
  p.a_left = shift == 0 ? 22 : 21;
  p.a_multiplier = multiplier;
  p.a_exponent = static_cast<std::uint8_t>(shift == 0 ? 0 : -shift - 1);
  p.output_multiplier = params.output_multiplier;
  p.output_exponent = static_cast<std::uint8_t>(-params.output_shift - 1);
  const std::size_t a = swapped ? 1 : 0;
  p.a_zero_point = static_cast<std::int8_t>(context.In(a).quantization.zero_point());
  p.b_zero_point = static_cast<std::int8_t>(context.In(1 - a).quantization.zero_point());
  p.output_zero_point = static_cast<std::int8_t>(params.output_offset);
  step.Use(p.a, context.InTensor(a));
  step.Use(p.b, context.InTensor(1 - a));
  step.Use(p.output, context.OutTensor());
  step.AllowInPlace(context.InTensor(0), context.OutTensor());
  step.AllowInPlace(context.InTensor(1), context.OutTensor());
  step.Finish();
  return true;
}

}  // namespace tinyfog::compile
