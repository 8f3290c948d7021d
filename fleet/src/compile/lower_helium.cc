#include "lower_helium.h"

#include <algorithm>

#include "copy_maps.h"
#include "tinyfog/graph/weights.h"
#include "tinyfog/nn/kernels/helium.h"

namespace tinyfog::compile {
namespace {

using nn::HeliumConvParams;

constexpr std::size_t kBlock = nn::HeliumChannels::kCount;

std::size_t RoundUp(std::size_t value, std::size_t to) { return (value + to - 1) / to * to; }

// The kernels' rounding knows right shifts only, and their clamp is in bytes.
bool HasFastScales(const std::vector<nn::Scale>& scales) {
  return std::all_of(scales.begin(), scales.end(),
                     [](const nn::Scale& s) { return s.shift <= 0 && s.shift >= -31; });
}

nn::Ref AddChannelBlocks(Context& context, const std::vector<std::int32_t>& biases,
                         const std::vector<nn::Scale>& scales) {
  std::vector<nn::HeliumChannels> blocks(RoundUp(biases.size(), kBlock) / kBlock);
  for (std::size_t c = 0; c < biases.size(); ++c) {
    nn::HeliumChannels& block = blocks[c / kBlock];
    const std::size_t place = nn::HeliumChannels::PlaceOf(static_cast<std::uint32_t>(c));
    block.bias[place] = biases[c];
    block.multiplier[place] = scales[c].multiplier;
    block.shift[place] = static_cast<std::int8_t>(scales[c].shift);
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(blocks.data());
  return context.AddConstant({bytes, blocks.size() * sizeof(nn::HeliumChannels)}, 4);
}

// Each run of `length` values twice.
template <class T>
std::vector<T> Twice(const std::vector<T>& values, std::size_t length) {
  std::vector<T> twice;
  for (auto at = values.begin(); at != values.end(); at += static_cast<std::ptrdiff_t>(length)) {
    for (int i = 0; i < 2; ++i) {
      twice.insert(twice.end(), at, at + static_cast<std::ptrdiff_t>(length));
    }
  }
  return twice;
}

// Rows of weights, each padded to 16, an even number of them.
nn::Ref AddRows(Context& context, const std::vector<std::int8_t>& weights, std::size_t rows) {
  const std::size_t columns = weights.size() / rows;
  const std::size_t depth = RoundUp(columns, 16);
  std::vector<std::uint8_t> packed(RoundUp(rows, 2) * depth);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    packed[i / columns * depth + i % columns] = static_cast<std::uint8_t>(weights[i]);
  }
  return context.AddConstant(packed, 16);
}

// [ky][kx][channel] to [block of sixteen][ky][kx][16].
nn::Ref AddTaps(Context& context, const std::vector<std::int8_t>& weights, std::size_t channels) {
  const std::size_t taps = weights.size() / channels;
  std::vector<std::uint8_t> packed(RoundUp(channels, kBlock) * taps);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t channel = i % channels;
    packed[(channel / kBlock * taps + i / channels) * kBlock + channel % kBlock] =
        static_cast<std::uint8_t>(weights[i]);
  }
  return context.AddConstant(packed, 16);
}

bool Describe(const nn::ConvolutionParams& from, HeliumConvParams& p) {
  const bool is_covered = from.groups == 1 && from.dilation_height == 1 &&
                          from.dilation_width == 1 && from.pad_top < from.kernel_height &&
                          from.pad_left < from.kernel_width &&
                          from.kernel_height <= nn::kHeliumMaxKernelHeight &&
                          from.clamp_min >= -128 && from.clamp_max <= 127;
  if (!is_covered) return false;
  CopyMaps(from, p);
  p.clamp_min = static_cast<std::int8_t>(from.clamp_min);
  p.clamp_max = static_cast<std::int8_t>(from.clamp_max);
  return true;
}

// A pointwise convolution is the same over one long row, whose pixels pair up better.
void Flatten(HeliumConvParams& p) {
  const std::size_t pixels = std::size_t{p.batches} * p.input_height * p.input_width;
  if (!p.is_pointwise() || p.stride_height != 1 || p.stride_width != 1 || pixels > 65535) return;
  p.batches = p.input_height = p.output_height = 1;
  p.input_width = p.output_width = static_cast<std::uint16_t>(pixels);
}

// Whether every output row ends before the first input row that is not loaded when it is written.
bool MayOverlap(const HeliumConvParams& p) {
  if (p.is_pointwise()) {
    return p.output_channels <= p.input_channels && p.output_width <= p.input_width &&
           p.output_height <= p.input_height;
  }
  if (p.batches != 1) return false;
  const std::uint64_t input_row = std::uint64_t{p.input_width} * p.input_channels;
  const std::uint64_t output_row = std::uint64_t{p.output_width} * p.output_channels;
  for (std::uint64_t y = 0; y < p.output_height; ++y) {
    const std::uint64_t loaded =
        std::min<std::uint64_t>(p.input_height, y * p.stride_height + p.kernel_height - p.pad_top);
    if (output_row * (y + 1) > input_row * loaded) return false;
  }
  return true;
}

void Emit(Context& context, StepWriter<HeliumConvParams>& step, std::uint64_t patches) {
  HeliumConvParams& p = step.params;
  const std::uint64_t rows = p.is_pointwise() ? 0 : p.kernel_height * p.RowBytes();
  p.scratch_bytes = static_cast<std::uint32_t>(rows + patches + 16);
  step.UseBuffer(p.scratch, context.AddScratch(p.scratch_bytes));
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  if (MayOverlap(p)) step.AllowInPlace(context.InTensor(0), context.OutTensor());
  step.Finish();
}

}  // namespace

bool LowerConvHelium(Context& context, const nn::ConvolutionParams& params,
                     const std::vector<std::int32_t>& biases,
                     const std::vector<nn::Scale>& scales) {
  StepWriter<HeliumConvParams> step(context, nn::Opcode::kConvHelium);
  HeliumConvParams& p = step.params;
  if (!HasFastScales(scales) || !Describe(params, p)) return false;
  Flatten(p);
  p.weights = AddRows(context, graph::WeightsOf(context.In(1)), biases.size());
  p.channels = AddChannelBlocks(context, biases, scales);
  Emit(context, step, 2 * p.Depth());
  return true;
}

bool LowerDepthwiseHelium(Context& context, const nn::ConvolutionParams& params,
                          const std::vector<std::int32_t>& biases,
                          const std::vector<nn::Scale>& scales) {
  StepWriter<HeliumConvParams> step(context, nn::Opcode::kDepthwiseHelium);
  HeliumConvParams& p = step.params;
  const std::vector<std::int8_t> weights = graph::WeightsOf(context.In(1));
  // The kernel adds two products in 16 bits.
  const bool fits = std::find(weights.begin(), weights.end(), -128) == weights.end();
  if (!fits || !HasFastScales(scales) || !Describe(params, p) || p.is_pointwise() ||
      p.output_channels != p.input_channels) {
    return false;
  }
  if (p.HasPairs()) {
    p.weights = AddTaps(context, Twice(weights, 8), 16);
    p.channels = AddChannelBlocks(context, Twice(biases, 8), Twice(scales, 8));
  } else {
    p.weights = AddTaps(context, weights, biases.size());
    p.channels = AddChannelBlocks(context, biases, scales);
  }
  Emit(context, step, 0);
  return true;
}

bool LowerFullyConnectedHelium(Context& context, const nn::FullyConnectedParams& params,
                               const std::vector<std::int32_t>& biases,
                               const std::vector<nn::Scale>& scales) {
  // The planner gives every buffer a multiple of 16 bytes; the kernel must not read on.
  const std::uint64_t bytes = std::uint64_t{params.batches} * params.inputs;
  const std::uint64_t read = bytes - params.inputs + RoundUp(params.inputs, 16);
  const Storage& input = context.StorageOf(context.InTensor(0));
  const bool uniform = std::all_of(scales.begin(), scales.end(), [&](const nn::Scale& s) {
    return s.multiplier == scales[0].multiplier && s.shift == scales[0].shift;
  });
  if (!HasFastScales(scales) || !uniform || params.clamp_min < -128 || params.clamp_max > 127 ||
      read > RoundUp(bytes, 16) || input.is_constant || input.offset != 0) {
    return false;
  }
  StepWriter<nn::HeliumFullyConnectedParams> step(context, nn::Opcode::kFullyConnectedHelium);
  nn::HeliumFullyConnectedParams& p = step.params;
  p.batches = params.batches;
  p.inputs = params.inputs;
  p.outputs = params.outputs;
  p.output_zero_point = static_cast<std::int8_t>(params.output_zero_point);
  p.clamp_min = static_cast<std::int8_t>(params.clamp_min);
  p.clamp_max = static_cast<std::int8_t>(params.clamp_max);
  p.weights = AddRows(context, graph::WeightsOf(context.In(1)), biases.size());
  std::vector<std::int32_t> placed(RoundUp(biases.size(), kBlock));
  for (std::size_t c = 0; c < biases.size(); ++c) {
    const auto place = nn::HeliumChannels::PlaceOf(static_cast<std::uint32_t>(c));
    placed[c / kBlock * kBlock + place] = biases[c];
  }
  p.biases = context.AddConstants(placed);
  p.multiplier = scales[0].multiplier;
  p.shift = static_cast<std::int8_t>(scales[0].shift);
  step.Use(p.input, context.InTensor(0));
  step.Use(p.output, context.OutTensor());
  step.Finish();
  return true;
}

}  // namespace tinyfog::compile
