#pragma once

#include "tinyfog/nn/kernels/resize.h"

namespace tinyfog::nn::portable {

inline std::uint32_t Edge(std::uint32_t position, std::uint32_t size) {
  return position < size ? position : size - 1;
}

/// The four neighbours of one output pixel.
template <class T>
struct Corners {
  const T* top_left;
  const T* top_right;
  const T* bottom_left;
  const T* bottom_right;
};

/// Calls pixel(corners, row tap, column tap, output) for each output pixel.
template <class T, class F>
void ForEachPixel(const ResizeParams& p, Memory memory, F pixel) {
  const T* input = memory.Read<T>(p.input);
  T* output = memory.Write<T>(p.output);
  const ResizeTap* rows = memory.Read<ResizeTap>(p.rows);
  const ResizeTap* columns = memory.Read<ResizeTap>(p.columns);
  const std::uint32_t row = std::uint32_t{p.input_width} * p.channels;
  for (std::uint32_t n = 0; n < p.batches; ++n, input += row * p.input_height) {
    for (std::uint32_t y = 0; y < p.output_height; ++y) {
      const T* top = input + Edge(rows[y].lower, p.input_height) * row;
      const T* bottom = input + Edge(rows[y].upper, p.input_height) * row;
      for (std::uint32_t x = 0; x < p.output_width; ++x, output += p.channels) {
        const std::uint32_t left = Edge(columns[x].lower, p.input_width) * p.channels;
        const std::uint32_t right = Edge(columns[x].upper, p.input_width) * p.channels;
        pixel(Corners<T>{top + left, top + right, bottom + left, bottom + right}, rows[y],
              columns[x], output);
      }
    }
  }
}

}  // namespace tinyfog::nn::portable
