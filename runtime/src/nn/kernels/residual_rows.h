#pragma once

#include "tinyfog/nn/kernels/residual.h"

/// Residual steps are made of the kernels that run whole maps: each call gets parameters for a few
/// rows.
namespace tinyfog::nn {

/// Whether pixel i is made of pixel i: rows of such maps are as good as maps.
template <class Conv>
constexpr bool IsPixelwise(const Conv& c) {
  return c.kernel_height == 1 && c.kernel_width == 1 && c.stride_height == 1 &&
         c.stride_width == 1 && c.pad_top == 0 && c.pad_left == 0;
}

/// The convolution of output rows [y, y + count), written to where it always writes.
template <class Conv, class Add>
Conv ConvOn(const ResidualParams<Conv, Add>& p, std::uint32_t y, std::uint32_t count) {
  Conv conv = p.conv;
  conv.output_height = static_cast<std::uint16_t>(count);
  conv.output_width = p.width;
  if (IsPixelwise(conv)) {
    conv.input += y * p.width * conv.input_channels;
    conv.input_height = conv.output_height;
    conv.input_width = p.width;
    return conv;
  }
  const std::int32_t first = static_cast<std::int32_t>(y * conv.stride_height) - conv.pad_top;
  const std::int32_t skipped = first < 0 ? 0 : first;
  conv.pad_top = static_cast<decltype(conv.pad_top)>(skipped - first);
  conv.input += static_cast<std::uint32_t>(skipped) * conv.input_width * conv.input_channels;
  conv.input_height = static_cast<std::uint16_t>(conv.input_height - skipped);
  return conv;
}

/// The sums of values [first, first + count).
inline DspAddParams AddOn(DspAddParams add, Ref made, std::uint32_t first, std::uint32_t count) {
  if (add.a != made) add.a += first;
  if (add.b != made) add.b += first;
  add.output += first;
  add.count = count;
  return add;
}
inline QuantisedBinaryParams AddOn(QuantisedBinaryParams add, Ref made, std::uint32_t first,
                                   std::uint32_t count) {
  if (add.shape.a != made) add.shape.a += first;
  if (add.shape.b != made) add.shape.b += first;
  add.shape.output += first;
  add.shape.dimensions[3] = count;
  return add;
}

template <auto kConv, auto kAdd, class Conv, class Add>
void RunResidual(const ResidualParams<Conv, Add>& p, Memory memory) {
  const std::uint32_t row = std::uint32_t{p.width} * p.conv.output_channels;
  for (std::uint32_t y = 0; y < p.height; y += p.rows) {
    const std::uint32_t left = p.height - y;
    const std::uint32_t count = left < p.rows ? left : p.rows;
    kConv(ConvOn(p, y, count), memory);
    kAdd(AddOn(p.add, p.conv.output, y * row, count * row), memory);
  }
}

inline bool IsDense(const DspAddParams&) { return true; }
inline bool IsDense(const QuantisedBinaryParams& add) {
  const BinaryShape& s = add.shape;
  return s.dimensions[0] == 1 && s.dimensions[1] == 1 && s.dimensions[2] == 1 &&
         s.a_strides[3] == 1 && s.b_strides[3] == 1;
}
inline bool Adds(const DspAddParams& add, Ref made) { return (add.a == made) != (add.b == made); }
inline bool Adds(const QuantisedBinaryParams& add, Ref made) {
  return (add.shape.a == made) != (add.shape.b == made);
}

/// Every call that RunResidual makes lies between the first and the last, which are verified, and
/// within the whole maps.
template <auto kConv, auto kAdd, class Conv, class Add>
bool VerifyResidual(const ResidualParams<Conv, Add>& p, const Bounds& bounds) {
  const Conv& c = p.conv;
  if (!ArePositive(p.rows, p.height, p.width, c.input_channels, c.output_channels,
                   c.stride_height) ||
      c.batches != 1 || p.rows > p.height || c.pad_top < 0 || !IsDense(p.add) ||
      !Adds(p.add, c.output)) {
    return false;
  }
  // No window lies behind the map.
  const std::uint32_t last = (p.height - 1u) / p.rows * p.rows;
  if (!IsPixelwise(c) &&
      last * c.stride_height >= static_cast<std::uint32_t>(c.pad_top) + c.input_height) {
    return false;
  }
  const std::uint64_t outputs = Product(p.height, p.width, c.output_channels);
  const std::uint64_t inputs = IsPixelwise(c)
                                   ? Product(p.height, p.width, c.input_channels)
                                   : Product(c.input_height, c.input_width, c.input_channels);
  // Offsets of rows stay small once the whole maps are known to be there.
  if (!bounds.Reads(c.input, inputs) || outputs >> 31 != 0 ||
      !kAdd(AddOn(p.add, c.output, 0, 1), bounds)) {
    return false;
  }
  const std::uint32_t row = std::uint32_t{p.width} * c.output_channels;
  return kConv(ConvOn(p, 0, p.rows), bounds) && kConv(ConvOn(p, last, p.height - last), bounds) &&
         kAdd(AddOn(p.add, c.output, 0, p.rows * row), bounds) &&
         kAdd(AddOn(p.add, c.output, last * row, (p.height - last) * row), bounds);
}

}  // namespace tinyfog::nn
