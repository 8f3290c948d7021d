#include "pack_x86.h"

#include <algorithm>
#include <bit>

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

// Channels `first` to `last` of the block; all in the dearest form that one of them needs.
void SetRounding(X86Channels& block, const Rounded* first, const Rounded* last,
                 std::int32_t zero_point) {
  const auto form_of = [](const Rounded& r) {
    if (!r.lines) return X86Rounding::kInteger;
    const bool is_one = r.lines->above == r.lines->below;
    return is_one ? X86Rounding::kLine : X86Rounding::kTwoLines;
  };
  block.zero_point = zero_point;
  block.rounding = X86Rounding::kLine;
  for (const Rounded* r = first; r != last; ++r) {
    block.rounding = std::max(block.rounding, form_of(*r));
  }
  for (std::size_t i = 0; first + i != last; ++i) {
    const Rounded& r = first[i];
    if (block.rounding == X86Rounding::kInteger) {
      block.a[i] = r.scale.multiplier;
      block.b[i] = -r.scale.shift;
    } else {
      block.a[i] = std::bit_cast<std::int32_t>(r.lines->slope);
      block.b[i] = std::bit_cast<std::int32_t>(r.lines->above);
      block.c[i] = std::bit_cast<std::int32_t>(r.lines->below);
    }
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
                                                        std::int32_t zero_point) {
  std::vector<Rounded> rounded;
  for (std::size_t c = 0; c < biases.size(); ++c) {
    if (scales[c].shift > 0 || sums[c].low <= -kMostSum || sums[c].high >= kMostSum) {
      return std::nullopt;
    }
    rounded.push_back({scales[c], ProveLines({scales[c], zero_point, sums[c].low, sums[c].high})});
  }
  std::vector<X86Channels> blocks(BlocksOf(biases.size()));
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const std::size_t first = b * kBlock;
    const std::size_t last = std::min(first + kBlock, biases.size());
    std::copy(biases.begin() + static_cast<std::ptrdiff_t>(first),
              biases.begin() + static_cast<std::ptrdiff_t>(last), blocks[b].bias);
    SetRounding(blocks[b], rounded.data() + first, rounded.data() + last, zero_point);
  }
  return blocks;
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

std::vector<std::uint8_t> PackColumnsX86(const std::vector<std::int8_t>& weights,
                                         const nn::X86DepthwiseParams& p, std::uint32_t step) {
  const std::size_t groups = p.Groups(step);
  std::vector<std::uint8_t> packed(p.Blocks() * p.StripRows() * groups * p.kernel_width * kBlock *
                                   step);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t channel = i % p.channels;
    const std::size_t kx = i / p.channels % p.kernel_width;
    const std::size_t ky = i / p.channels / p.kernel_width;
    for (std::size_t strip_row = 0; strip_row < p.StripRows(); ++strip_row) {
      const std::size_t row = ky + strip_row * p.stride_height;
      const std::size_t at =
          ((channel / kBlock * p.StripRows() + strip_row) * groups + row / step) * p.kernel_width +
          kx;
      packed[(at * kBlock + channel % kBlock) * step + row % step] =
          static_cast<std::uint8_t>(weights[i]);
    }
  }
  return packed;
}

}  // namespace tinyfog::compile
