#pragma once

#include <cstddef>

#include "kernels/dsp_core.h"

namespace tinyfog::nn {

/// CONV_2D over the inner loops of Core: void Dot(const DspDot&), and void Widen(const int8_t*
/// const source[4], uint32_t bytes, uint32_t* words, uint32_t rows, uint32_t pitch), which makes
/// the words of kernel rows that lie `pitch` bytes apart; it reads and writes whole groups of four
/// bytes. WidenSliding(source, channels, words, rows, pitch) does that for four neighbouring
/// pixels, three columns of a multiple of four channels each, at stride 1.
template <class Core>
class DspConvolution {
 public:
  DspConvolution(const DspConvParams& p, Memory memory)
      : p_(p),
        input_(memory.Read<std::int8_t>(p.input)),
        words_(memory.Write<std::uint32_t>(p.scratch)),
        row_bytes_(p.RowBytes()),
        row_words_(p.RowTaps() * 4),
        pitch_(std::uint32_t{p.input_width} * p.input_channels) {
    dot_.words = words_;
    dot_.weights = memory.Read<std::int8_t>(p.weights);
    dot_.channels = memory.Read<DspPair>(p.channels);
    dot_.output = memory.Write<std::int8_t>(p.output);
    dot_.taps = p.kernel_height * p.RowTaps();
    dot_.outputs = p.output_channels;
    for (std::uint32_t i = 1; i < 4; ++i) dot_.offset[i - 1] = i * p.output_channels;
    dot_.rounding = 2 * p.output_zero_point + 1;
  }

  void Run() {
    const std::uint32_t pixels = std::uint32_t{p_.batches} * p_.output_height * p_.output_width;
    p_.is_pointwise() ? Pointwise(pixels) : Windows(pixels);
  }

 private:
  void Pointwise(std::uint32_t left) {
    const std::uint32_t step = p_.input_channels;
    const std::int8_t* pixel = input_;
    for (; left >= 4; left -= 4, pixel += 4 * step) {
      const std::int8_t* const source[4] = {pixel, pixel + step, pixel + 2 * step,
                                            pixel + 3 * step};
      Core::Widen(source, step, words_, 1, 0);
      Emit(4);
    }
    if (left == 0) return;
    const std::int8_t* const source[4] = {pixel, pixel + (left > 1 ? step : 0),
                                          pixel + (left > 2 ? 2 * step : 0), pixel};
    Core::Widen(source, step, words_, 1, 0);
    Emit(left);
  }

  void Windows(std::uint32_t left) {
    runs_ = reinterpret_cast<std::int8_t*>(words_ + (dot_.taps + 1) * 4);
    run_bytes_ = (row_bytes_ + 3) & ~3u;
    Fill(runs_, row_bytes_, p_.input_zero_point);
    const bool is_sliding =
        p_.kernel_width == 3 && p_.stride_width == 1 && p_.input_channels % 4 == 0;
    while (left > 0) {
      const std::uint32_t count = left < 4 ? left : 4;
      if (count == 4 && (is_sliding ? Slide() : GatherFour())) {
        Emit(4);
        left -= 4;
        continue;
      }
      bool is_inside = true;
      for (std::uint32_t i = 0; i < count; ++i) is_inside &= Locate(i);
      for (std::uint32_t i = count; i < 4; ++i) {
        windows_[i] = windows_[0];
        source_[i] = source_[0];
      }
      is_inside ? GatherInside() : Gather();
      Emit(count);
      left -= count;
    }
  }

  // A kernel's window. Rows that reach beyond the map's sides are copied to `run`, which holds the
  // input's zero point beside them.
  struct Window {
    std::int32_t y;        // of the first row; may be outside
    std::int8_t* run;      // nullptr: the rows are whole
    std::uint32_t before;  // bytes of the run that come first
    std::uint32_t inside;  // bytes that are copied
  };

  // Four pixels of one row whose windows are all in the map. Whether they were, and have been done.
  bool GatherFour() {
    const std::int32_t y = y_ * p_.stride_height - p_.pad_top;
    const std::int32_t x = x_ * p_.stride_width - p_.pad_left;
    const std::int32_t end = x + 3 * p_.stride_width + p_.kernel_width;
    if (x_ + 4 > p_.output_width || x < 0 || end > p_.input_width || y < 0 ||
        y + p_.kernel_height > p_.input_height) {
      return false;
    }
    const std::uint32_t step = std::uint32_t{p_.stride_width} * p_.input_channels;
    source_[0] = input_ + (y * p_.input_width + x) * p_.input_channels;
    for (std::uint32_t i = 1; i < 4; ++i) source_[i] = source_[i - 1] + step;
    GatherInside();
    Advance(4);
    return true;
  }

  // The same for neighbours in WidenSliding; one of the six columns on either side may be outside.
  // What is read in its place is in the map (else they are not done here) and written over.
  bool Slide() {
    const std::int32_t y = y_ * p_.stride_height - p_.pad_top;
    const std::int32_t x = x_ - p_.pad_left;
    const std::int32_t end = y + p_.kernel_height;
    const std::int32_t first = y < 0 ? 0 : y;
    const std::int32_t last = end < p_.input_height ? end : p_.input_height;
    const bool left = x < 0;
    const bool right = x + 6 > p_.input_width;
    if (x_ + 4 > p_.output_width || x < -1 || x + 5 > p_.input_width || first >= last ||
        (left && first == 0) || (right && last == p_.input_height)) {
      return false;
    }
    const auto rows = static_cast<std::uint32_t>(last - first);
    std::uint32_t* words = Pad(words_, static_cast<std::uint32_t>(first - y) * row_words_, 1);
    Core::WidenSliding(input_ + (first * p_.input_width + x) * p_.input_channels, p_.input_channels,
                       words, rows, pitch_);
    std::uint32_t* const column = words + row_words_ / 3 * 2 + 3;
    for (std::uint32_t i = 0; i < rows; ++i) {
      if (left) Pad(words + i * row_words_, row_words_ / 12, 4);
      if (right) Pad(column + i * row_words_, row_words_ / 12, 4);
    }
    Pad(words + rows * row_words_, static_cast<std::uint32_t>(end - last) * row_words_, 1);
    Advance(4);
    return true;
  }

  // Words of padding; behind the last of them.
  std::uint32_t* Pad(std::uint32_t* words, std::uint32_t count, std::uint32_t step) const {
    const std::uint32_t value =
        static_cast<std::uint32_t>(2 * (p_.input_zero_point + 128)) * 0x10001u;
    for (; count > 0; --count, words += step) *words = value;
    return words;
  }

  // Sets window and source (the first row's bytes in the map) of one pixel and goes on to the next.
  // Whether all of the window is in the map.
  bool Locate(std::uint32_t i) {
    const std::int32_t y = y_ * p_.stride_height - p_.pad_top;
    const std::int32_t x = x_ * p_.stride_width - p_.pad_left;
    const std::int32_t end = x + p_.kernel_width;
    Window& window = windows_[i];
    window.y = y;
    window.run = nullptr;
    const bool is_whole = x >= 0 && end <= p_.input_width;
    if (!is_whole) Cut(window, x, runs_ + (i + 1) * run_bytes_);
    const std::int32_t first = x < 0 ? 0 : x;
    source_[i] = input_ + (std::ptrdiff_t{y} * p_.input_width + first) * p_.input_channels;
    Advance(1);
    return is_whole && y >= 0 && y + p_.kernel_height <= p_.input_height;
  }

  void Advance(std::int32_t pixels) {
    x_ += pixels;
    if (x_ < p_.output_width) return;
    x_ = 0;
    if (++y_ < p_.output_height) return;
    y_ = 0;
    input_ += std::uint32_t{p_.input_height} * p_.input_width * p_.input_channels;
  }

  void Cut(Window& window, std::int32_t x, std::int8_t* run) {
    const std::int32_t first = x < 0 ? 0 : x;
    const std::int32_t end = x + p_.kernel_width;
    const std::int32_t last = end < p_.input_width ? end : p_.input_width;
    const std::int32_t columns = first < last ? last - first : 0;
    window.run = run;
    window.before = static_cast<std::uint32_t>(first - x) * p_.input_channels;
    window.inside = static_cast<std::uint32_t>(columns) * p_.input_channels;
    if (columns == 0) window.before = 0;
    const std::uint32_t used = window.before + window.inside;
    Fill(run, window.before, p_.input_zero_point);
    Fill(run + used, row_bytes_ - used, p_.input_zero_point);
  }

  void GatherInside() { Core::Widen(source_, row_bytes_, words_, p_.kernel_height, pitch_); }

  void Gather() {
    std::uint32_t* words = words_;
    const std::int8_t* rows[4];
    for (std::int32_t ky = 0; ky < p_.kernel_height; ++ky, words += row_words_) {
      for (std::uint32_t i = 0; i < 4; ++i) {
        const Window& window = windows_[i];
        rows[i] = source_[i];
        if (static_cast<std::uint32_t>(window.y + ky) >= p_.input_height) {
          rows[i] = runs_;
        } else if (window.run != nullptr) {
          rows[i] = window.run;
          Copy(window.run + window.before, source_[i], window.inside);
        }
        source_[i] += pitch_;
      }
      Core::Widen(rows, row_bytes_, words, 1, 0);
    }
  }

  // Words first: the compiler makes single (unaligned) accesses of the fixed sizes.
  static void Copy(std::int8_t* to, const std::int8_t* from, std::uint32_t bytes) {
    for (; bytes >= 4; bytes -= 4, to += 4, from += 4) __builtin_memcpy(to, from, 4);
    if (bytes & 2) {
      __builtin_memcpy(to, from, 2);
      to += 2;
      from += 2;
    }
    if (bytes & 1) *to = *from;
  }
  static void Fill(std::int8_t* to, std::uint32_t bytes, std::int8_t value) {
    const std::uint32_t four = static_cast<std::uint8_t>(value) * 0x01010101u;
    for (; bytes >= 4; bytes -= 4, to += 4) __builtin_memcpy(to, &four, 4);
    for (; bytes > 0; --bytes) *to++ = value;
  }

  void Emit(std::uint32_t count) {
    const std::uint32_t step = p_.output_channels;
    for (std::uint32_t i = count; i < 4; ++i) dot_.offset[i - 1] = 0;
    Core::Dot(dot_);
    dot_.output += count * step;
  }

  const DspConvParams& p_;
  const std::int8_t* input_;
  std::uint32_t* words_;
  const std::uint32_t row_bytes_;
  const std::uint32_t row_words_;
  const std::uint32_t pitch_;
  std::uint32_t run_bytes_ = 0;
  std::int8_t* runs_ = nullptr;  // a row of zero points, then a row per pixel
  std::int32_t y_ = 0;
  std::int32_t x_ = 0;
  const std::int8_t* source_[4];
  Window windows_[4];
  DspDot dot_;
};

}  // namespace tinyfog::nn
