#include "pack_x86.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "x86_rounding.h"

namespace tinyfog::compile {
namespace {

using nn::X86Channels;
using nn::X86Rounding;

constexpr std::size_t kBlock = X86Channels::kCount;
constexpr std::int64_t kMostSum = 1 << 29;

std::size_t BlocksOf(std::size_t channels) { return (channels + kBlock - 1) / kBlock; }

struct Rounded {
  nn::Scale scale;
  std::optional<Lines> lines;
};

X86Rounding FormOf(const Rounded& r) {
  if (!r.lines) return X86Rounding::kInteger;
  return r.lines->above == r.lines->below ? X86Rounding::kLine : X86Rounding::kTwoLines;
}

void SetRounding(X86Channels& block, std::size_t i, const Rounded& r) {
  if (block.rounding == X86Rounding::kInteger) {
    block.a[i] = r.scale.multiplier;
    block.b[i] = -r.scale.shift;
  } else {
    block.a[i] = std::bit_cast<std::int32_t>(r.lines->slope);
    block.b[i] = std::bit_cast<std::int32_t>(r.lines->above);
    block.c[i] = std::bit_cast<std::int32_t>(r.lines->below);
  }
}

}  // namespace

std::vector<SumBounds> BoundsOfSums(const std::vector<std::int8_t>& weights,
                                    const std::vector<std::int32_t>& biases, bool channel_is_last) {
  const std::size_t channels = biases.size();
  const std::size_t per_channel = weights.size() / channels;
  std::vector<SumBounds> bounds;
  for (const std::int32_t bias : biases) bounds.push_back({bias, bias});
  for (std::size_t i = 0; i < weights.size(); ++i) {
    SumBounds& sum = bounds[channel_is_last ? i % channels : i / per_channel];
    const std::int64_t weight = weights[i];
    sum.low += std::min(weight * -128, weight * 127);
    sum.high += std::max(weight * -128, weight * 127);
  }
  return bounds;
}

std::optional<std::vector<X86Channels>> PackChannelsX86(const std::vector<std::int32_t>& biases,
                                                        const std::vector<SumBounds>& sums,
                                                        const std::vector<nn::Scale>& scales,
                                                        std::int32_t zero_point,
                                                        const std::vector<std::size_t>& places,
                                                        std::size_t together) {
  std::vector<Rounded> rounded;
  for (std::size_t c = 0; c < biases.size(); ++c) {
    if (scales[c].shift > 0 || sums[c].low <= -kMostSum || sums[c].high >= kMostSum) {
      return std::nullopt;
    }
    rounded.push_back({scales[c], ProveLines({scales[c], zero_point, sums[c].low, sums[c].high})});
  }
  // The dearest form that one of the channels needs serves all.
  std::vector<X86Rounding> forms(BlocksOf(places.size()) / together, X86Rounding::kLine);
  for (std::size_t i = 0; i < places.size(); ++i) {
    X86Rounding& form = forms[i / kBlock / together];
    if (places[i] < rounded.size()) form = std::max(form, FormOf(rounded[places[i]]));
  }
  std::vector<X86Channels> blocks(BlocksOf(places.size()));
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    blocks[b].zero_point = zero_point;
    blocks[b].rounding = forms[b / together];
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] >= rounded.size()) continue;
    X86Channels& block = blocks[i / kBlock];
    block.bias[i % kBlock] = biases[places[i]];
    SetRounding(block, i % kBlock, rounded[places[i]]);
  }
  return blocks;
}

std::vector<std::size_t> PlacesX86(std::size_t channels) {
  std::vector<std::size_t> places(BlocksOf(channels) * kBlock);
  std::iota(places.begin(), places.end(), std::size_t{0});
  return places;
}

std::vector<std::size_t> PlacesX86(const nn::X86DepthwiseParams& p, std::uint32_t step) {
  const std::size_t block = nn::X86DepthwiseParams::Block(step);
  const std::size_t lanes = block / step;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < p.Blocks(step) * block; ++i) {
    const std::size_t vector = i % block / lanes;
    const std::size_t lane = i % lanes;
    const std::size_t place = i / block * block + lane / 4 * 4 * step + vector * 4 + lane % 4;
    places.push_back(place % p.pitch);
  }
  return places;
}

std::vector<std::uint8_t> PackRowsX86(const std::vector<std::int8_t>& weights, std::size_t outputs,
                                      std::size_t rows, std::uint32_t step) {
  const std::size_t length = weights.size() / outputs / rows;
  const std::size_t groups = (length + step - 1) / step;
  std::vector<std::uint8_t> packed(BlocksOf(outputs) * rows * groups * kBlock * step);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t at = i % length;
    const std::size_t row = i / length % rows;
    const std::size_t output = i / length / rows;
    const std::size_t group = (output / kBlock * rows + row) * groups + at / step;
    packed[(group * kBlock + output % kBlock) * step + at % step] =
        static_cast<std::uint8_t>(weights[i]);
  }
  return packed;
}

std::vector<std::uint8_t> PackDepthwiseX86(const std::vector<std::int8_t>& weights,
                                           const nn::X86DepthwiseParams& p, std::uint32_t step) {
  const std::size_t block = nn::X86DepthwiseParams::Block(step);
  const std::size_t width = p.kernel_width;
  const std::size_t bytes = 4 / step;  // of a value
  const std::vector<std::size_t> places = PlacesX86(p, step);
  std::vector<std::uint8_t> packed;
  const auto weight_of = [&](std::size_t row, std::size_t kx, std::size_t channel) -> int {
    if (row >= p.kernel_height || channel >= p.channels) return 0;
    return weights[(row * width + kx) * p.channels + channel];
  };
  for (std::size_t first = 0; first < places.size(); first += block) {
    for (std::size_t y = 0; y < p.StripRows(); ++y) {
      for (std::size_t i = 0; i < p.Groups(step) * width * block * step; ++i) {
        const std::size_t row = i / (width * block * step) * step + i % step;
        const int weight = weight_of(row - y * p.stride_height, i / (block * step) % width,
                                     places[first + i / step % block]);
        packed.push_back(static_cast<std::uint8_t>(weight));
        if (bytes == 2) packed.push_back(weight < 0 ? 255 : 0);
      }
    }
  }
  return packed;
}

std::vector<std::int16_t> PackWinogradX86(const std::vector<std::int8_t>& weights,
                                          std::size_t outputs) {
  // 24 G of F(4x4, 3x3), the last row halved.
  constexpr int kG[6][3] = {{6, 0, 0}, {-4, -4, -4}, {-4, 4, -4},
                            {1, 2, 4}, {1, -2, 4},   {0, 0, 12}};
  const std::size_t inputs = weights.size() / outputs / 9;
  std::vector<std::int16_t> packed(BlocksOf(outputs) * 36 * inputs * kBlock);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t place = 0; place < 36; ++place) {
        int value = 0;
        for (std::size_t tap = 0; tap < 9; ++tap) {
          value +=
              kG[place / 6][tap / 3] * kG[place % 6][tap % 3] * weights[(o * 9 + tap) * inputs + i];
        }
        const std::size_t pair = (o / kBlock * 36 + place) * (inputs / 2) + i / 2;
        packed[(pair * kBlock + o % kBlock) * 2 + i % 2] = static_cast<std::int16_t>(value);
      }
    }
  }
  return packed;
}

}  // namespace tinyfog::compile
