#pragma once

#include "kernels/dsp_core.h"

namespace tinyfog::nn {

/// CONV_2D over the inner loops of Core: void Widen(const int8_t* const source[4], uint32_t bytes,
/// uint32_t* words), which reads and writes whole groups of four bytes, and void Dot(const
/// DspDot&).
template <class Core>
class DspConvolution {
 public:
  DspConvolution(const DspConvParams& p, Memory memory)
      : p_(p),
        input_(memory.Read<std::int8_t>(p.input)),
        words_(memory.Write<std::uint32_t>(p.scratch)),
        row_bytes_(p.RowBytes()),
        row_words_(p.RowTaps() * 4) {
    dot_.words = words_;
    dot_.weights = memory.Read<std::int8_t>(p.weights);
    dot_.channels = memory.Read<DspPair>(p.channels);
    dot_.output = memory.Write<std::int8_t>(p.output);
    dot_.taps = p.kernel_height * p.RowTaps();
    dot_.outputs = p.output_channels;
    dot_.rounding = 2 * p.output_zero_point + 1;
  }

  void Run() {
    const std::uint32_t pixels = std::uint32_t{p_.batches} * p_.output_height * p_.output_width;
    p_.is_pointwise() ? Pointwise(pixels) : Windows(pixels);
  }

 private:
  void Pointwise(std::uint32_t left) {
    const std::uint32_t step = p_.input_channels;
    const std::int8_t* source[4];
    for (const std::int8_t* pixel = input_; left > 0; pixel += 4 * step) {
      const std::uint32_t count = left < 4 ? left : 4;
      for (std::uint32_t i = 0; i < 4; ++i) source[i] = pixel + (i < count ? i : 0) * step;
      Core::Widen(source, step, words_);
      Emit(count);
      left -= count;
    }
  }

  void Windows(std::uint32_t left) {
    runs_ = reinterpret_cast<std::int8_t*>(words_ + (dot_.taps + 1) * 4);
    run_bytes_ = (row_bytes_ + 3) & ~3u;
    Fill(runs_, run_bytes_);
    while (left > 0) {
      const std::uint32_t count = left < 4 ? left : 4;
      for (std::uint32_t i = 0; i < count; ++i) Locate(windows_[i]);
      for (std::uint32_t i = count; i < 4; ++i) windows_[i] = windows_[0];
      Gather();
      Emit(count);
      left -= count;
    }
  }

  // Where a kernel's window begins; may be outside the map.
  struct Window {
    const std::int8_t* image;
    std::int32_t y;
    std::int32_t x;
    bool is_inside;  // from left to right
  };

  void Locate(Window& window) {
    window.image = input_;
    window.y = y_ * p_.stride_height - p_.pad_top;
    window.x = x_ * p_.stride_width - p_.pad_left;
    window.is_inside = window.x >= 0 && window.x + p_.kernel_width <= p_.input_width;
    if (++x_ < p_.output_width) return;
    x_ = 0;
    if (++y_ < p_.output_height) return;
    y_ = 0;
    input_ += std::uint32_t{p_.input_height} * p_.input_width * p_.input_channels;
  }

  void Gather() {
    std::uint32_t* words = words_;
    const std::int8_t* source[4];
    for (std::int32_t ky = 0; ky < p_.kernel_height; ++ky, words += row_words_) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        const Window& window = windows_[i];
        const std::int32_t y = window.y + ky;
        if (y < 0 || y >= p_.input_height) {
          source[i] = runs_;
        } else if (window.is_inside) {
          source[i] = window.image + (y * p_.input_width + window.x) * p_.input_channels;
        } else {
          source[i] = BorderRow(window, y, runs_ + (i + 1) * run_bytes_);
        }
      }
      Core::Widen(source, row_bytes_, words);
    }
  }

  const std::int8_t* BorderRow(const Window& window, std::int32_t y, std::int8_t* run) const {
    std::int8_t* to = run;
    for (std::int32_t x = window.x; x < window.x + p_.kernel_width; ++x, to += p_.input_channels) {
      if (x < 0 || x >= p_.input_width) {
        Fill(to, p_.input_channels);
      } else {
        const std::int8_t* from = window.image + (y * p_.input_width + x) * p_.input_channels;
        for (std::uint32_t c = 0; c < p_.input_channels; ++c) to[c] = from[c];
      }
    }
    return run;
  }

  void Fill(std::int8_t* to, std::uint32_t bytes) const {
    for (std::uint32_t i = 0; i < bytes; ++i) to[i] = p_.input_zero_point;
  }

  void Emit(std::uint32_t count) {
    const std::uint32_t step = p_.output_channels;
    for (std::uint32_t i = 1; i < 4; ++i) dot_.offset[i - 1] = i < count ? i * step : 0;
    Core::Dot(dot_);
    dot_.output += count * step;
  }

  const DspConvParams& p_;
  const std::int8_t* input_;
  std::uint32_t* words_;
  const std::uint32_t row_bytes_;
  const std::uint32_t row_words_;
  std::uint32_t run_bytes_ = 0;
  std::int8_t* runs_ = nullptr;  // a row of zero points, then a row per pixel
  std::int32_t y_ = 0;
  std::int32_t x_ = 0;
  Window windows_[4];
  DspDot dot_;
};

}  // namespace tinyfog::nn
