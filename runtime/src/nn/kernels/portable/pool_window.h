#pragma once

#include <bit>

#include "tinyfog/nn/fixed_point.h"
#include "tinyfog/nn/kernels/pool.h"

namespace tinyfog::nn::portable {

/// The taps of one window that lie inside the map.
struct Range {
  std::int32_t begin;
  std::int32_t end;
};
inline Range Inside(std::int32_t start, std::int32_t length, std::int32_t limit) {
  const std::int32_t end = start + length < limit ? start + length : limit;
  return {start < 0 ? 0 : start, end};
}

/// Calls reduce(window, channel) for each output, where window.ForEach(f) visits its values.
template <class T>
class Window {
 public:
  Window(const T* map, const PoolParams& p, std::int32_t oy, std::int32_t ox)
      : map_(map),
        row_(std::uint32_t{p.input_width} * p.channels),
        channels_(p.channels),
        y_(Inside(oy * p.stride_height - p.pad_top, p.filter_height, p.input_height)),
        x_(Inside(ox * p.stride_width - p.pad_left, p.filter_width, p.input_width)) {}

  template <class F>
  std::int32_t ForEach(std::uint32_t channel, F f) const {
    std::int32_t count = 0;
    for (std::int32_t y = y_.begin; y < y_.end; ++y) {
      for (std::int32_t x = x_.begin; x < x_.end; ++x, ++count) {
        f(map_[y * row_ + x * channels_ + channel]);
      }
    }
    return count;
  }

 private:
  const T* map_;
  std::uint32_t row_;
  std::uint32_t channels_;
  Range y_;
  Range x_;
};

template <class T, class F>
void Pool(const PoolParams& p, Memory memory, F reduce) {
  const T* input = memory.Read<T>(p.input);
  T* output = memory.Write<T>(p.output);
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::int32_t oy = 0; oy < p.output_height; ++oy) {
      for (std::int32_t ox = 0; ox < p.output_width; ++ox) {
        const Window<T> window(input, p, oy, ox);
        for (std::uint32_t c = 0; c < p.channels; ++c) *output++ = reduce(window, c);
      }
    }
    input += std::uint32_t{p.input_height} * p.input_width * p.channels;
  }
}

template <class T>
void AveragePool(const PoolParams& p, Memory memory) {
  Pool<T>(p, memory, [&p](const Window<T>& window, std::uint32_t channel) {
    std::int32_t sum = 0;
    const std::int32_t count =
        window.ForEach(channel, [&sum](T value) { sum = WrapAdd(sum, value); });
    if (count == 0) return static_cast<T>(p.clamp_min);
    const std::int32_t half = count / 2;
    const std::int32_t average = (sum > 0 ? WrapAdd(sum, half) : WrapSub(sum, half)) / count;
    return static_cast<T>(ClampTo(average, p.clamp_min, p.clamp_max));
  });
}

template <class T>
void MaxPool(const PoolParams& p, Memory memory) {
  Pool<T>(p, memory, [&p](const Window<T>& window, std::uint32_t channel) {
    std::int32_t highest = INT32_MIN;
    window.ForEach(channel, [&highest](T value) { highest = value > highest ? value : highest; });
    return static_cast<T>(ClampTo(highest, p.clamp_min, p.clamp_max));
  });
}

}  // namespace tinyfog::nn::portable
