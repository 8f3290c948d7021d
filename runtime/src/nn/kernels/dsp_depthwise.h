#pragma once

#include "kernels/dsp_core.h"

namespace tinyfog::nn {

/// DEPTHWISE_CONV_2D over the inner loops of Core: void Load(const DspRows&), and
/// void Strips1(const DspStrips&), Strips2 for the strides 1 and 2.
template <class Core>
class DspDepthwise {
 public:
  DspDepthwise(const DspDepthwiseParams& p, Memory memory)
      : p_(p),
        input_(memory.Read<std::int8_t>(p.input)),
        taps_(memory.Read<DspTaps>(p.channels)),
        words_(memory.Write<std::uint32_t>(p.scratch)),
        stored_(words_ + p.pad_left * kColumn),
        output_(memory.Write<std::int8_t>(p.output)) {
    std::uint32_t* const right = stored_ + p.input_width * kColumn;
    std::uint32_t* const padding = words_ + p.Columns() * kColumn;
    Clear(words_, stored_);
    Clear(right, padding);
    *padding = static_cast<std::uint8_t>(p.input_zero_point) * 0x01010101u;
    rows_.padding = reinterpret_cast<const std::int8_t*>(padding);
    rows_.height = p.input_height;
    rows_.row_bytes = std::uint32_t{p.input_width} * p.channel_count;
    rows_.step = p.channel_count;
    rows_.width = p.input_width;
    rows_.negated_zero_point = static_cast<std::uint16_t>(-p.input_zero_point) * 0x00010001u;
    strips_.pixel_step = p.channel_count;
    strips_.row_step = std::uint32_t{p.output_width} * p.channel_count;
    strips_.width = p.output_width;
    strips_.rounding = 2 * p.output_zero_point + 1;
  }

  void Run() {
    for (std::uint32_t first = 0; first < p_.channel_count; first += 4) {
      // The last four may hold channels that are done already.
      const std::uint32_t base = first + 4 <= p_.channel_count ? first : p_.channel_count - 4u;
      Channels(base, first - base);
    }
  }

 private:
  static constexpr std::uint32_t kColumn = 4 * kDspPairs;

  static void Clear(std::uint32_t* words, const std::uint32_t* end) {
    while (words < end) *words++ = 0;
  }

  void Channels(std::uint32_t base, std::uint32_t skipped) {
    const std::uint32_t most = p_.stride == 1 ? kDspPairs - 1 : (kDspPairs - 1) / 2;
    const auto* exponents = reinterpret_cast<const std::uint8_t*>(taps_ + p_.channel_count);
    rows_.input = input_ + base;
    rows_.y = -p_.pad_top;
    rows_.words = stored_;
    strips_.words = words_ + skipped * kDspPairs;
    strips_.taps = taps_ + base + skipped;
    strips_.exponents = exponents + base + skipped;
    strips_.output = output_ + base + skipped;
    strips_.channels = 4 - skipped;
    std::uint32_t known = 0;  // pairs that the strips before have loaded
    for (std::uint32_t left = p_.StripCount(); left > 0; left -= strips_.count) {
      strips_.count = left < most ? left : most;
      const bool is_half = left == strips_.count && p_.output_height % 2 != 0;
      strips_.last_row_step = is_half ? 0 : strips_.row_step;
      rows_.pairs = strips_.count * p_.stride + 1 - known;
      Core::Load(rows_);
      p_.stride == 1 ? Core::Strips1(strips_) : Core::Strips2(strips_);
      if (known == 0) ++rows_.words;
      known = 1;
      rows_.y += static_cast<std::int32_t>(rows_.pairs) * 2;
      strips_.output += strips_.count * 2 * strips_.row_step;
      if (left > most) MoveLast(most * p_.stride);
    }
  }

  // The last pair becomes the first.
  void MoveLast(std::uint32_t pair) {
    std::uint32_t* words = stored_;
    for (std::uint32_t i = p_.input_width * 4u; i > 0; --i, words += kDspPairs) {
      words[0] = words[pair];
    }
  }

  const DspDepthwiseParams& p_;
  const std::int8_t* input_;
  const DspTaps* taps_;
  std::uint32_t* words_;
  std::uint32_t* stored_;  // behind the padding on the left
  std::int8_t* output_;
  DspRows rows_;
  DspStrips strips_;
};

}  // namespace tinyfog::nn
