#include "lower_x86_float.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "copy_maps.h"
#include "tinyfog/nn/kernels/x86_float.h"

namespace tinyfog::compile {
namespace {

// What a band may take: the inputs of a tile stay in the first cache.
constexpr std::uint64_t kBandBytes = 24 * 1024;

// As many as the sums of a block of outputs for which there are registers.
constexpr std::uint32_t kMostTiles = 12;
// Transformed weights are four times the others and are read once for kMostTiles: from the second
// cache.
constexpr std::uint64_t kMostWinogradBytes = 1024 * 1024;

nn::Ref AddFloats(Context& context, const std::vector<float>& values) {
  return context.AddConstant(
      {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(float)}, 64);
}

bool Describe(const nn::ConvolutionParams& from, nn::X86FloatMaps& p) {
  if (from.groups != 1 || from.dilation_height != 1 || from.dilation_width != 1 ||
      from.pad_top < 0 || from.pad_left < 0) {
    return false;
  }
  CopyShapes(from, p);
  p.clamp_min = std::bit_cast<float>(from.clamp_min);
  p.clamp_max = std::bit_cast<float>(from.clamp_max);
  return p.RowFloats() > std::uint64_t{p.pad_left} * p.input_channels;
}

// The rows of a band: those of nearly the same number that fit.
std::uint16_t BandRows(const nn::X86FloatMaps& p) {
  const std::uint64_t row = p.RowFloats() * sizeof(float) * p.stride_height;
  const std::uint64_t most = std::clamp<std::uint64_t>(kBandBytes / row, 1, p.output_height);
  const std::uint64_t bands = (p.output_height + most - 1) / most;
  return static_cast<std::uint16_t>((p.output_height + bands - 1) / bands);
}

std::uint32_t TilesOf(const nn::X86FloatMaps& p) {
  constexpr std::uint32_t kSide = nn::X86FloatWinogradParams::kOutputs;
  return (p.output_height + kSide - 1) / kSide * ((p.output_width + kSide - 1) / kSide);
}

// Where it was measured to be faster: 1.5 times (16 channels) to 3 times (64), without what tiles
// compute in vain beyond the map.
bool IsForWinograd(const nn::X86FloatMaps& p) {
  constexpr std::uint32_t kTileOutputs =
      nn::X86FloatWinogradParams::kOutputs * nn::X86FloatWinogradParams::kOutputs;
  const std::uint64_t weights =
      sizeof(float) * nn::X86FloatWinogradParams::kPositions * p.input_channels * p.output_channels;
  return p.kernel_height == 3 && p.kernel_width == 3 && p.stride_height == 1 &&
         p.stride_width == 1 && p.input_channels % nn::kX86Block == 0 &&
         p.output_channels % nn::kX86Block == 0 &&
         kTileOutputs * TilesOf(p) * 5 <= std::uint32_t{p.output_height} * p.output_width * 7 &&
         weights <= kMostWinogradBytes;
}

// How many neighbouring pixels become one with all of their channels, so that these fill a block:
// the window that covers them all has zeros for each pixel where only the others look (there an
// infinite input makes NaN).
std::uint32_t JoinedPixels(const nn::X86FloatMaps& p, nn::Target target) {
  // Eight channels fill a vector of AVX2.
  if (target == nn::Target::kX86Pairs && p.output_channels == nn::kX86Block / 2) return 1;
  if (p.output_channels >= nn::kX86Block || nn::kX86Block % p.output_channels != 0) return 1;
  const std::uint32_t pixels = nn::kX86Block / p.output_channels;
  const std::uint32_t width = p.kernel_width + (pixels - 1) * p.stride_width;
  const bool is_faster = width * 10 <= pixels * p.kernel_width * 9;
  return is_faster && p.output_width % pixels == 0 && pixels * p.stride_width <= 255 ? pixels : 1;
}

// Weights and biases of the joined pixels; `maps` becomes theirs.
void Join(nn::X86FloatMaps& maps, std::uint32_t pixels, FloatBytes weights, FloatBytes biases,
          std::vector<std::uint8_t>& joined_weights, std::vector<std::uint8_t>& joined_biases) {
  const std::size_t tap = sizeof(float) * maps.input_channels;
  const std::size_t from_row = maps.kernel_width * tap;
  const std::size_t to_row = from_row + (pixels - 1) * maps.stride_width * tap;
  const std::size_t rows = std::size_t{maps.output_channels} * maps.kernel_height;
  joined_weights.resize(pixels * rows * to_row);
  for (std::size_t i = 0; i < pixels; ++i) {
    joined_biases.insert(joined_biases.end(), biases.begin(), biases.end());
    std::uint8_t* to = joined_weights.data() + i * (rows * to_row + maps.stride_width * tap);
    for (std::size_t row = 0; row < rows; ++row, to += to_row) {
      std::memcpy(to, weights.data() + row * from_row, from_row);
    }
  }
  maps.kernel_width = static_cast<std::uint16_t>(to_row / tap);
  maps.stride_width = static_cast<std::uint8_t>(maps.stride_width * pixels);
  maps.output_width = static_cast<std::uint16_t>(maps.output_width / pixels);
  maps.output_channels = static_cast<std::uint16_t>(maps.output_channels * pixels);
}

template <class P>
bool Finish(Context& context, StepWriter<P>& writer) {
  nn::X86FloatMaps& maps = writer.params.maps;
  const std::uint64_t scratch = writer.params.ScratchBytes();
  if (scratch > UINT32_MAX) return false;
  maps.scratch = nn::kNoRef;
  maps.scratch_bytes = static_cast<std::uint32_t>(scratch);
  if (scratch > 0) writer.UseBuffer(maps.scratch, context.AddScratch(scratch));
  writer.Use(maps.input, context.InTensor(0));
  writer.Use(maps.output, context.OutTensor());
  writer.Finish();
  return true;
}

bool LowerWinograd(Context& context, const nn::ConvolutionParams& params, FloatBytes biases) {
  StepWriter<nn::X86FloatWinogradParams> writer(context, nn::Opcode::kWinogradFloatX86);
  nn::X86FloatMaps& maps = writer.params.maps;
  if (!Describe(params, maps) || !IsForWinograd(maps)) return false;
  writer.params.tiles = static_cast<std::uint16_t>(std::min(TilesOf(maps), kMostTiles));
  maps.weights = AddFloats(
      context, PackWinogradX86(*context.In(1).constant, maps.output_channels, maps.input_channels));
  maps.bias = AddFloats(context, PackTapsX86(biases, maps.output_channels, false));
  return Finish(context, writer);
}

}  // namespace

bool LowerConvFloatX86(Context& context, const nn::ConvolutionParams& params, FloatBytes biases) {
  if (LowerWinograd(context, params, biases)) return true;
  StepWriter<nn::X86FloatConvParams> writer(context, nn::Opcode::kConvFloatX86);
  nn::X86FloatMaps& maps = writer.params.maps;
  if (!Describe(params, maps)) return false;
  FloatBytes weights = *context.In(1).constant;
  std::vector<std::uint8_t> joined_weights, joined_biases;
  if (const std::uint32_t pixels = JoinedPixels(maps, context.target()); pixels > 1) {
    Join(maps, pixels, weights, biases, joined_weights, joined_biases);
    weights = joined_weights;
    biases = joined_biases;
  }
  writer.params.band_rows = BandRows(maps);
  maps.weights = AddFloats(context, PackPanelsX86(weights, maps.output_channels, 1));
  maps.bias = AddFloats(context, PackTapsX86(biases, maps.output_channels, false));
  return Finish(context, writer);
}

bool LowerDepthwiseFloatX86(Context& context, const nn::ConvolutionParams& params,
                            FloatBytes biases) {
  StepWriter<nn::X86FloatDepthwiseParams> writer(context, nn::Opcode::kDepthwiseFloatX86);
  nn::X86FloatMaps& maps = writer.params.maps;
  if (params.input_channels != params.output_channels || !Describe(params, maps)) return false;
  writer.params.band_rows = BandRows(maps);
  const bool repeats = writer.params.is_folded();
  maps.weights =
      AddFloats(context, PackTapsX86(*context.In(1).constant, maps.output_channels, repeats));
  maps.bias = AddFloats(context, PackTapsX86(biases, maps.output_channels, repeats));
  return Finish(context, writer);
}

void LowerFullyConnectedFloatX86(Context& context, const nn::FullyConnectedParams& params,
                                 FloatBytes biases) {
  StepWriter<nn::X86FloatDenseParams> writer(context, nn::Opcode::kFullyConnectedFloatX86);
  nn::X86FloatDenseParams& p = writer.params;
  p.batches = params.batches;
  p.inputs = params.inputs;
  p.outputs = params.outputs;
  p.clamp_min = std::bit_cast<float>(params.clamp_min);
  p.clamp_max = std::bit_cast<float>(params.clamp_max);
  p.weights = AddFloats(
      context, PackPanelsX86(*context.In(1).constant, p.outputs, nn::X86FloatDenseParams::kPanel));
  p.bias = AddFloats(context, PackTapsX86(biases, p.outputs, false));
  writer.Use(p.input, context.InTensor(0));
  writer.Use(p.output, context.OutTensor());
  writer.Finish();
}

}  // namespace tinyfog::compile
