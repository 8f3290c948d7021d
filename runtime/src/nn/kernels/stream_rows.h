#pragma once

#include "tinyfog/nn/kernels/stream.h"

/// Streams are made of the kernels that run whole maps: each call gets parameters for a few rows.
namespace tinyfog::nn {

/// The first kernel on rows [y, y + count) of its map, written to the ring from row `at`.
template <class First, class Second>
First FirstOn(const StreamParams<First, Second>& p, std::uint32_t y, std::uint32_t count,
              std::uint32_t at) {
  const std::uint32_t width = p.second.input_width;
  First first = p.first;
  first.input += y * width * first.input_channels;
  first.output += at * width * first.output_channels;
  first.input_height = first.output_height = static_cast<std::uint16_t>(count);
  first.input_width = first.output_width = static_cast<std::uint16_t>(width);
  return first;
}

/// The second kernel on the output rows [y, y + count): the ring holds map rows [begin, end).
template <class First, class Second>
Second SecondOn(const StreamParams<First, Second>& p, std::uint32_t y, std::uint32_t count,
                std::uint32_t begin, std::uint32_t end) {
  Second second = p.second;
  const std::uint32_t channels = p.first.output_channels;
  second.output += y * second.output_width * channels;
  second.input_height = static_cast<std::uint16_t>(end - begin);
  second.output_height = static_cast<std::uint16_t>(count);
  second.pad_top =
      static_cast<decltype(second.pad_top)>(begin + p.second.pad_top - y * StreamStride(p.second));
  return second;
}

/// Moves the rows behind the first `skip` to the ring's start.
inline void DropRows(std::uint8_t* ring, std::uint32_t skip, std::uint32_t keep) {
  if (skip == 0) return;
  if (skip % 4 == 0) {
    auto* words = reinterpret_cast<std::uint32_t*>(ring);
    for (std::uint32_t i = 0; i < (keep + 3) / 4; ++i) words[i] = words[i + skip / 4];
    return;
  }
  for (std::uint32_t i = 0; i < keep; ++i) ring[i] = ring[i + skip];
}

template <auto kFirst, auto kSecond, class First, class Second>
void RunStream(const StreamParams<First, Second>& p, Memory memory) {
  const Second& s = p.second;
  const std::uint32_t stride = StreamStride(s);
  const std::uint32_t pad = static_cast<std::uint32_t>(s.pad_top);
  const std::uint32_t row_bytes = std::uint32_t{s.input_width} * p.first.output_channels;
  std::uint8_t* ring = memory.Write<std::uint8_t>(s.input);
  std::uint32_t begin = 0;  // the ring holds rows [begin, end) of the map
  std::uint32_t end = 0;
  for (std::uint32_t y = 0; y < s.output_height; y += p.rows) {
    const std::uint32_t left = s.output_height - y;
    const std::uint32_t count = left < p.rows ? left : p.rows;
    const std::uint32_t bottom = (y + count - 1) * stride + StreamKernel(s);
    const std::uint32_t new_begin = y * stride < pad ? 0 : y * stride - pad;
    const std::uint32_t new_end = bottom - pad < s.input_height ? bottom - pad : s.input_height;
    if (new_begin >= end) {
      end = new_begin;
    } else {
      DropRows(ring, (new_begin - begin) * row_bytes, (end - new_begin) * row_bytes);
    }
    begin = new_begin;
    if (new_end > end) {
      kFirst(FirstOn(p, end, new_end - end, end - begin), memory);
      end = new_end;
    }
    kSecond(SecondOn(p, y, count, begin, end), memory);
  }
}

/// Every call that RunStream makes is one of these or touches less.
template <auto kFirst, auto kSecond, class First, class Second>
bool VerifyStream(const StreamParams<First, Second>& p, const Bounds& bounds) {
  const First& f = p.first;
  const Second& s = p.second;
  if (!ArePositive(p.rows, s.input_height, s.input_width, s.output_height, s.output_width,
                   StreamStride(s), f.input_channels, f.output_channels) ||
      f.kernel_height != 1 || f.kernel_width != 1 || f.stride_height != 1 || f.stride_width != 1 ||
      f.pad_top != 0 || f.pad_left != 0 || f.batches != 1 || f.output != s.input ||
      static_cast<std::uint32_t>(s.pad_top) >= StreamKernel(s)) {
    return false;
  }
  // No window lies behind the map.
  if ((s.output_height - 1u) * StreamStride(s) >=
      static_cast<std::uint32_t>(s.pad_top) + s.input_height) {
    return false;
  }
  const std::uint32_t rows = StreamWindowRows(s, p.rows);
  // Offsets of rows stay small once the whole maps are known to lie in the arena.
  const bool maps_fit =
      bounds.Writes(f.input, Product(s.input_height, s.input_width, f.input_channels)) &&
      bounds.Writes(s.output, Product(s.output_height, s.output_width, f.output_channels)) &&
      bounds.Writes(f.output, Product(rows, s.input_width, f.output_channels) + 3, 4);
  return maps_fit && kFirst(FirstOn(p, 0, rows, 0), bounds) &&
         kSecond(SecondOn(p, 0, s.output_height, 0, rows), bounds);
}

}  // namespace tinyfog::nn
