#include "lower_x86.h"

#include <algorithm>
#include <bit>

#include "copy_maps.h"
#include "pack_x86.h"
#include "tinyfog/graph/weights.h"
#include "tinyfog/nn/kernels/x86.h"
#include "x86_rounding.h"

namespace tinyfog::compile {
namespace {

using nn::X86ConvParams;

// What a band may take: the inputs of a tile stay in the first cache.
constexpr std::uint64_t kBandBytes = 32 * 1024;

std::uint32_t StepOf(nn::Target target) { return target == nn::Target::kX86Quads ? 4 : 2; }

template <class P>
bool SetClamp(P& p, std::int32_t min, std::int32_t max) {
  if (min < -128 || max > 127) return false;
  p.clamp_min = static_cast<std::int8_t>(min);
  p.clamp_max = static_cast<std::int8_t>(max);
  return true;
}

bool Describe(const nn::ConvolutionParams& from, X86ConvParams& p) {
  if (from.groups != 1 || from.dilation_height != 1 || from.dilation_width != 1 ||
      from.pad_top < 0 || from.pad_left < 0 || !SetClamp(p, from.clamp_min, from.clamp_max)) {
    return false;
  }
  CopyMaps(from, p);
  return p.RowValues() > std::uint64_t{p.pad_left} * p.input_channels;
}

// Whole blocks of channels, or so few that pixels share one.
std::uint32_t PitchOf(std::uint32_t channels, std::uint32_t block) {
  return channels >= block ? (channels + block - 1) / block * block : std::bit_ceil(channels);
}

bool Describe(const nn::ConvolutionParams& from, nn::X86DepthwiseParams& p, std::uint32_t step) {
  const std::uint32_t pitch = PitchOf(from.input_channels, nn::X86DepthwiseParams::Block(step));
  const bool is_covered = from.output_channels == from.input_channels &&
                          from.dilation_height == 1 && from.dilation_width == 1 && pitch <= 65535 &&
                          from.kernel_height <= 255 && from.kernel_width <= 255 &&
                          from.pad_top >= 0 && from.pad_top < from.kernel_height &&
                          from.pad_left >= 0 && from.pad_left < from.kernel_width;
  if (!is_covered || !SetClamp(p, from.clamp_min, from.clamp_max)) return false;
  p.batches = from.batches;
  p.input_height = from.input_height;
  p.input_width = from.input_width;
  p.output_height = from.output_height;
  p.output_width = from.output_width;
  p.channels = from.input_channels;
  p.kernel_height = static_cast<std::uint8_t>(from.kernel_height);
  p.kernel_width = static_cast<std::uint8_t>(from.kernel_width);
  p.stride_height = from.stride_height;
  p.stride_width = from.stride_width;
  p.pad_top = static_cast<std::uint8_t>(from.pad_top);
  p.pad_left = static_cast<std::uint8_t>(from.pad_left);
  p.input_zero_point = static_cast<std::int8_t>(from.input_zero_point);
  p.output_zero_point = static_cast<std::int8_t>(from.output_zero_point);
  p.pitch = static_cast<std::uint16_t>(pitch);
  return p.Groups(step) * step <= nn::X86DepthwiseParams::kMostInputs;
}

// Before its clamp. Source: TFLite reference ADD and SUB.
std::int32_t SumOf(const nn::QuantisedBinaryParams& p, std::int32_t a, std::int32_t b) {
  const auto scaled = [&](std::int32_t value, std::int32_t multiplier, std::int32_t shift) {
    return nn::Rescale(nn::ShiftLeft(value, p.left_shift), multiplier, shift);
  };
  const std::int32_t x = scaled(a + p.a_offset, p.a_multiplier, p.a_shift);
  const std::int32_t y = scaled(b + p.b_offset, p.b_multiplier, p.b_shift);
  const std::int32_t sum = p.op == 1 ? nn::WrapSub(x, y) : nn::WrapAdd(x, y);
  return nn::WrapAdd(nn::Rescale(sum, p.output_multiplier, p.output_shift), p.output_offset);
}

// A pointwise convolution is the same over one long row: bands of it are not bound to rows.
void Flatten(X86ConvParams& p) {
  const std::size_t pixels = std::size_t{p.batches} * p.input_height * p.input_width;
  if (!p.is_pointwise() || p.stride_height != 1 || p.stride_width != 1 || pixels > 65535) return;
  p.batches = 1;
  p.input_height = p.output_height = static_cast<std::uint16_t>(pixels);
  p.input_width = p.output_width = 1;
}

void SetBands(X86ConvParams& p, std::uint32_t step) {
  const std::uint64_t row = p.RowValues() * (4 / step) * (p.is_pointwise() ? 1 : p.stride_height);
  p.band_rows =
      static_cast<std::uint16_t>(std::clamp<std::uint64_t>(kBandBytes / row, 1, p.output_height));
  // Of nearly the same size.
  const std::uint32_t bands = (p.output_height + p.band_rows - 1u) / p.band_rows;
  p.band_rows = static_cast<std::uint16_t>((p.output_height + bands - 1) / bands);
}

// What quads add to each value goes into the bias.
std::vector<std::int32_t> StartOfSums(const std::vector<std::int32_t>& biases,
                                      const std::vector<std::int8_t>& weights, std::uint32_t step,
                                      bool channel_is_last) {
  std::vector<std::int32_t> starts = biases;
  if (step != 4) return starts;
  const std::size_t per_channel = weights.size() / biases.size();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    std::int32_t& start = starts[channel_is_last ? i % biases.size() : i / per_channel];
    start = nn::WrapSub(start, 128 * weights[i]);
  }
  return starts;
}

nn::Ref AddBlocks(Context& context, const std::vector<nn::X86Channels>& blocks) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(blocks.data());
  return context.AddConstant({bytes, blocks.size() * sizeof(nn::X86Channels)}, 64);
}

// Makes room behind a map that is read in whole vectors. Whether it can.
bool ReserveBehind(Context& context, int tensor, const graph::Tensor& map) {
  constexpr std::uint64_t kBehind = 15;
  const Storage& storage = context.StorageOf(tensor);
  if (storage.is_constant) return false;
  Buffer& buffer = context.program().buffers[static_cast<std::size_t>(storage.buffer)];
  buffer.bytes = std::max(buffer.bytes, storage.offset + map.bytes() + kBehind);
  return true;
}

// `step.params` is complete but for constants and memory.
bool Emit(Context& context, StepWriter<X86ConvParams>& writer,
          const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales) {
  X86ConvParams& p = writer.params;
  const std::uint32_t step = StepOf(context.target());
  const std::vector<std::int8_t> weights = graph::WeightsOf(context.In(1));
  const auto blocks = PackChannelsX86(StartOfSums(biases, weights, step, false),
                                      BoundsOfSums(weights, biases, false), scales,
                                      p.output_zero_point, PlacesX86(p.output_channels));
  if (!blocks || !ReserveBehind(context, context.InTensor(0), context.In(0))) return false;
  SetBands(p, step);
  p.weights =
      context.AddConstant(PackRowsX86(weights, p.output_channels, p.kernel_height, step), 64);
  p.channels = AddBlocks(context, *blocks);
  p.scratch_bytes = static_cast<std::uint32_t>(p.ScratchBytes(step));
  writer.UseBuffer(p.scratch, context.AddScratch(p.scratch_bytes));
  writer.Use(p.input, context.InTensor(0));
  writer.Use(p.output, context.OutTensor());
  writer.Finish();
  return true;
}

// Whether Winograd's tiles fit the convolution and are faster: few of their outputs are thrown
// away.
bool Describe(const nn::ConvolutionParams& from, nn::X86WinogradParams& p) {
  const std::uint32_t outputs = std::uint32_t{from.output_height} * from.output_width;
  const bool is_covered = from.kernel_height == 3 && from.kernel_width == 3 &&
                          from.stride_height == 1 && from.stride_width == 1 &&
                          from.dilation_height == 1 && from.dilation_width == 1 &&
                          from.groups == 1 && from.input_channels % 16 == 0 && from.pad_top >= 0 &&
                          from.pad_top <= 2 && from.pad_left >= 0 && from.pad_left <= 2;
  if (!is_covered || !SetClamp(p, from.clamp_min, from.clamp_max)) return false;
  p.batches = from.batches;
  p.input_height = from.input_height;
  p.input_width = from.input_width;
  p.input_channels = from.input_channels;
  p.output_height = from.output_height;
  p.output_width = from.output_width;
  p.output_channels = from.output_channels;
  p.pad_top = static_cast<std::uint8_t>(from.pad_top);
  p.pad_left = static_cast<std::uint8_t>(from.pad_left);
  p.input_zero_point = static_cast<std::int8_t>(from.input_zero_point);
  p.output_zero_point = static_cast<std::int8_t>(from.output_zero_point);
  const std::uint64_t row = std::uint64_t{p.RowValues()} * 2 * 4;
  p.band_tiles =
      static_cast<std::uint16_t>(std::clamp<std::uint64_t>(2 * kBandBytes / row, 1, p.TilesY()));
  return p.output_channels >= 8 && p.TilesX() * p.TilesY() * 16 <= 2 * outputs;
}

// Whether no sum without its bias leaves what the kernel's arithmetic can hold.
bool FitsWinograd(const std::vector<std::int8_t>& weights, std::size_t channels) {
  constexpr std::int64_t kMost = 1 << 25;
  const auto bounds = BoundsOfSums(weights, std::vector<std::int32_t>(channels), false);
  return std::all_of(bounds.begin(), bounds.end(),
                     [](const SumBounds& sum) { return sum.low > -kMost && sum.high < kMost; });
}

bool LowerWinograd(Context& context, const nn::ConvolutionParams& params,
                   const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales) {
  if (context.target() != nn::Target::kX86Pairs) return false;
  StepWriter<nn::X86WinogradParams> writer(context, nn::Opcode::kWinogradX86Pairs);
  nn::X86WinogradParams& p = writer.params;
  if (!Describe(params, p)) return false;
  const std::vector<std::int8_t> weights = graph::WeightsOf(context.In(1));
  if (!FitsWinograd(weights, biases.size())) return false;
  const auto blocks = PackChannelsX86(biases, BoundsOfSums(weights, biases, false), scales,
                                      p.output_zero_point, PlacesX86(p.output_channels));
  if (!blocks || !ReserveBehind(context, context.InTensor(0), context.In(0))) return false;
  const std::vector<std::int16_t> packed = PackWinogradX86(weights, biases.size());
  p.weights = context.AddConstant(
      {reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size() * sizeof(packed[0])},
      64);
  p.block_channels = AddBlocks(context, *blocks);
  p.scratch_bytes = static_cast<std::uint32_t>(p.ScratchBytes());
  writer.UseBuffer(p.scratch, context.AddScratch(p.scratch_bytes));
  writer.Use(p.input, context.InTensor(0));
  writer.Use(p.output, context.OutTensor());
  writer.Finish();
  return true;
}

nn::Opcode ConvOpcode(nn::Target target) {
  return target == nn::Target::kX86Quads ? nn::Opcode::kConvX86Quads : nn::Opcode::kConvX86Pairs;
}

}  // namespace

bool LowerConvX86(Context& context, const nn::ConvolutionParams& params,
                  const std::vector<std::int32_t>& biases, const std::vector<nn::Scale>& scales) {
  if (LowerWinograd(context, params, biases, scales)) return true;
  StepWriter<X86ConvParams> step(context, ConvOpcode(context.target()));
  if (!Describe(params, step.params)) return false;
  Flatten(step.params);
  return Emit(context, step, biases, scales);
}

bool LowerFullyConnectedX86(Context& context, const nn::FullyConnectedParams& params,
                            const std::vector<std::int32_t>& biases,
                            const std::vector<nn::Scale>& scales) {
  constexpr std::uint32_t kMost = 65535;
  StepWriter<X86ConvParams> step(context, ConvOpcode(context.target()));
  X86ConvParams& p = step.params;
  if (params.batches > kMost || params.inputs > kMost || params.outputs > kMost ||
      !SetClamp(p, params.clamp_min, params.clamp_max)) {
    return false;
  }
  p.batches = p.input_width = p.output_width = p.kernel_height = p.kernel_width = 1;
  p.stride_height = p.stride_width = 1;
  p.input_height = p.output_height = static_cast<std::uint16_t>(params.batches);
  p.input_channels = static_cast<std::uint16_t>(params.inputs);
  p.output_channels = static_cast<std::uint16_t>(params.outputs);
  p.output_zero_point = static_cast<std::int8_t>(params.output_zero_point);
  return Emit(context, step, biases, scales);
}

bool LowerDepthwiseX86(Context& context, const nn::ConvolutionParams& from,
                       const std::vector<std::int32_t>& biases,
                       const std::vector<nn::Scale>& scales) {
  const std::uint32_t step = StepOf(context.target());
  StepWriter<nn::X86DepthwiseParams> writer(
      context, step == 4 ? nn::Opcode::kDepthwiseX86Quads : nn::Opcode::kDepthwiseX86Pairs);
  nn::X86DepthwiseParams& p = writer.params;
  if (!Describe(from, p, step)) return false;
  const std::vector<std::int8_t> weights = graph::WeightsOf(context.In(1));
  const auto blocks =
      PackChannelsX86(StartOfSums(biases, weights, step, true), BoundsOfSums(weights, biases, true),
                      scales, p.output_zero_point, PlacesX86(p, step), step == 4 ? 4 : 1);
  if (!blocks || !ReserveBehind(context, context.InTensor(0), context.In(0))) return false;
  p.weights = context.AddConstant(PackDepthwiseX86(weights, p, step), 64);
  p.block_channels = AddBlocks(context, *blocks);
  p.scratch_bytes = static_cast<std::uint32_t>(p.ScratchBytes(step));
  writer.UseBuffer(p.scratch, context.AddScratch(p.scratch_bytes));
  writer.Use(p.input, context.InTensor(0));
  writer.Use(p.output, context.OutTensor());
  writer.Finish();
  return true;
}

bool LowerAddX86(Context& context, const nn::QuantisedBinaryParams& exact) {
  const auto scale_of = [&](const graph::Tensor& t) { return double{t.quantization.scale()}; };
  const double sign = exact.op == 1 ? -1 : 1;
  const double a_scale = scale_of(context.In(0)) / scale_of(context.Out());
  const double b_scale = sign * scale_of(context.In(1)) / scale_of(context.Out());
  StepWriter<nn::X86AddParams> writer(context, nn::Opcode::kAddX86);
  nn::X86AddParams& p = writer.params;
  if (context.In(0).shape != context.In(1).shape || context.In(0).shape != context.Out().shape ||
      !SetClamp(p, std::max(exact.clamp_min, -128), std::min(exact.clamp_max, 127))) {
    return false;
  }
  const auto plane = ProvePlane(
      [&](std::int32_t a, std::int32_t b) { return SumOf(exact, a, b); }, a_scale, b_scale,
      exact.output_offset + a_scale * exact.a_offset + b_scale * exact.b_offset);
  if (!plane) return false;
  p.count = static_cast<std::uint32_t>(context.Out().elements());
  p.a_scale = plane->a_scale;
  p.b_scale = plane->b_scale;
  p.offset = plane->offset;
  writer.Use(p.a, context.InTensor(0));
  writer.Use(p.b, context.InTensor(1));
  writer.Use(p.output, context.OutTensor());
  writer.AllowInPlace(context.InTensor(0), context.OutTensor());
  writer.AllowInPlace(context.InTensor(1), context.OutTensor());
  writer.Finish();
  return true;
}

}  // namespace tinyfog::compile
