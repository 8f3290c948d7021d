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
        exponents_(reinterpret_cast<const std::uint8_t*>(taps_ + p.channel_count)),
        scratch_(memory.Write<std::uint32_t>(p.scratch)),
        strip_words_(p.Columns() * 8),
        row_step_(std::uint32_t{p.output_width} * p.channel_count),
        output_(memory.Write<std::int8_t>(p.output)) {
    const auto zero = static_cast<std::uint8_t>(p.input_zero_point);
    padding_ = scratch_ + (p.strips + 1) * strip_words_;
    for (std::uint32_t* strip = scratch_; strip < padding_; strip += strip_words_) {
      Clear(strip, p.pad_left);
      const std::uint32_t stored = std::uint32_t{p.pad_left} + p.input_width;
      Clear(strip + stored * 8, p.Columns() - stored);
    }
    *padding_ = zero * 0x01010101u;
    rows_.width = p.input_width;
    rows_.negated_zero_point = static_cast<std::uint16_t>(-p.input_zero_point) * 0x00010001u;
    strips_.strip_bytes = strip_words_ * 4;
    strips_.pixel_step = p.channel_count;
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
  static void Clear(std::uint32_t* columns, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count * 8; ++i) columns[i] = 0;
  }

  void Channels(std::uint32_t base, std::uint32_t skipped) {
    LoadRows(base, 0, scratch_, scratch_);
    for (std::uint32_t strip = 0; strip < p_.StripCount(); strip += p_.strips) {
      if (strip > 0) MoveNext();
      const std::uint32_t left = p_.StripCount() - strip;
      const std::uint32_t count = left < p_.strips ? left : p_.strips;
      for (std::uint32_t i = 0; i < count; ++i) {
        std::uint32_t* to = scratch_ + i * strip_words_;
        LoadRows(base, strip + i + 1, to, to + strip_words_);
      }
      for (std::uint32_t c = skipped; c < 4; ++c) Channel(base + c, c, strip, count);
    }
  }

  void Channel(std::uint32_t channel, std::uint32_t place, std::uint32_t strip,
               std::uint32_t count) {
    strips_.strip = scratch_ + place * 2;
    strips_.taps = taps_ + channel;
    strips_.exponent = exponents_[channel];
    strips_.output = output_ + strip * p_.StripRows() * row_step_ + channel;
    strips_.row_step = row_step_;
    strips_.count = count;
    if (p_.stride == 2) return Core::Strips2(strips_);
    const bool is_half = (strip + count) * 2 > p_.output_height;
    strips_.count -= is_half;
    if (strips_.count > 0) Core::Strips1(strips_);
    if (!is_half) return;
    strips_.strip += strips_.count * strip_words_;
    strips_.output += strips_.count * 2 * row_step_;
    strips_.row_step = 0;
    strips_.count = 1;
    Core::Strips1(strips_);
  }

  // Pair k: the rows 2k - pad_top and the next.
  void LoadRows(std::uint32_t base, std::uint32_t k, std::uint32_t* strip, std::uint32_t* next) {
    const std::int32_t y = static_cast<std::int32_t>(k) * 2 - p_.pad_top;
    rows_.upper = Row(y, base, rows_.upper_step);
    rows_.lower = Row(y + 1, base, rows_.lower_step);
    rows_.strip = strip + p_.pad_left * 8u;
    rows_.next = next + p_.pad_left * 8u;
    Core::Load(rows_);
  }

  const std::int8_t* Row(std::int32_t y, std::uint32_t base, std::uint32_t& step) const {
    if (y < 0 || y >= p_.input_height) {
      step = 0;
      return reinterpret_cast<const std::int8_t*>(padding_);
    }
    step = p_.channel_count;
    return input_ + static_cast<std::uint32_t>(y) * p_.input_width * p_.channel_count + base;
  }

  // The strip behind the last becomes the first.
  void MoveNext() {
    const std::uint32_t* from = scratch_ + p_.strips * strip_words_;
    for (std::uint32_t i = 0; i < strip_words_; i += 2) scratch_[i] = from[i];
  }

  const DspDepthwiseParams& p_;
  const std::int8_t* input_;
  const DspTaps* taps_;
  const std::uint8_t* exponents_;
  std::uint32_t* scratch_;
  const std::uint32_t strip_words_;
  const std::uint32_t row_step_;
  std::int8_t* output_;
  std::uint32_t* padding_;
  DspRows rows_;
  DspStrips strips_;
};

}  // namespace tinyfog::nn
