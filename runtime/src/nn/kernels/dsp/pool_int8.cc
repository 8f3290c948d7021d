#include <arm_acle.h>

#include <bit>

#include "kernels/portable/pool_window.h"

namespace tinyfog::nn {
namespace {

using portable::Inside;
using portable::Range;

// So many int8 values sum up within 16 bits.
constexpr std::uint32_t kMostTaps = 255;

struct Average {
  std::int32_t count;
  std::int32_t half;
  std::int32_t clamp_min;
  std::int32_t clamp_max;

  std::int8_t operator()(std::int32_t sum) const {
    const std::int32_t average = (sum > 0 ? sum + half : sum - half) / count;
    return static_cast<std::int8_t>(ClampTo(average, clamp_min, clamp_max));
  }
};

// Four channels at `map`, two in each word of sums.
void FourChannels(const std::int8_t* map, const Range& y, const Range& x, std::uint32_t row,
                  std::uint32_t pixel, const Average& average, std::int8_t* output) {
  int16x2_t even = 0;
  int16x2_t odd = 0;
  const std::int8_t* line =
      map + static_cast<std::uint32_t>(y.begin) * row + static_cast<std::uint32_t>(x.begin) * pixel;
  for (std::int32_t i = y.begin; i < y.end; ++i, line += row) {
    const std::int8_t* at = line;
    for (std::int32_t k = x.begin; k < x.end; ++k, at += pixel) {
      int8x4_t four;
      __builtin_memcpy(&four, at, sizeof(four));  // freestanding: std::memcpy would be a call
      even = __sxtab16(even, four);
      odd = __sxtab16(odd, static_cast<int8x4_t>(std::rotr(static_cast<std::uint32_t>(four), 8)));
    }
  }
  output[0] = average(static_cast<std::int16_t>(even));
  output[1] = average(static_cast<std::int16_t>(odd));
  output[2] = average(even >> 16);
  output[3] = average(odd >> 16);
}

void OneChannel(const std::int8_t* map, const Range& y, const Range& x, std::uint32_t row,
                std::uint32_t pixel, const Average& average, std::int8_t* output) {
  std::int32_t sum = 0;
  for (std::int32_t i = y.begin; i < y.end; ++i) {
    for (std::int32_t k = x.begin; k < x.end; ++k) {
      sum += map[static_cast<std::uint32_t>(i) * row + static_cast<std::uint32_t>(k) * pixel];
    }
  }
  *output = average(sum);
}

void Pixel(const PoolParams& p, const std::int8_t* map, std::int32_t oy, std::int32_t ox,
           std::int8_t* output) {
  const Range y = Inside(oy * p.stride_height - p.pad_top, p.filter_height, p.input_height);
  const Range x = Inside(ox * p.stride_width - p.pad_left, p.filter_width, p.input_width);
  const std::int32_t count =
      y.end > y.begin && x.end > x.begin ? (y.end - y.begin) * (x.end - x.begin) : 0;
  if (count == 0) {
    for (std::uint32_t c = 0; c < p.channels; ++c)
      output[c] = static_cast<std::int8_t>(p.clamp_min);
    return;
  }
  const std::uint32_t row = std::uint32_t{p.input_width} * p.channels;
  const Average average{count, count / 2, p.clamp_min, p.clamp_max};
  std::uint32_t c = 0;
  for (; c + 4 <= p.channels; c += 4) {
    FourChannels(map + c, y, x, row, p.channels, average, output + c);
  }
  for (; c < p.channels; ++c) OneChannel(map + c, y, x, row, p.channels, average, output + c);
}

}  // namespace

void RunAveragePoolInt8(const PoolParams& p, Memory memory) {
  if (std::uint32_t{p.filter_height} * p.filter_width > kMostTaps) {
    return portable::AveragePool<std::int8_t>(p, memory);
  }
  const std::int8_t* map = memory.Read<std::int8_t>(p.input);
  std::int8_t* output = memory.Write<std::int8_t>(p.output);
  for (std::uint32_t n = 0; n < p.batches; ++n) {
    for (std::int32_t oy = 0; oy < p.output_height; ++oy) {
      for (std::int32_t ox = 0; ox < p.output_width; ++ox, output += p.channels) {
        Pixel(p, map, oy, ox, output);
      }
    }
    map += std::uint32_t{p.input_height} * p.input_width * p.channels;
  }
}

void RunMaxPoolInt8(const PoolParams& p, Memory memory) {
  portable::MaxPool<std::int8_t>(p, memory);
}

}  // namespace tinyfog::nn
