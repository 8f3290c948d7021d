#pragma once

#include "tinyfog/nn/kernels/convolution.h"

namespace tinyfog::compile {

/// What the fast convolutions' structs share with the generic one: shapes, strides and paddings.
/// Precondition: paddings are not negative.
template <class P>
void CopyShapes(const nn::ConvolutionParams& from, P& p) {
  p.batches = from.batches;
  p.input_height = from.input_height;
  p.input_width = from.input_width;
  p.input_channels = from.input_channels;
  p.output_height = from.output_height;
  p.output_width = from.output_width;
  p.output_channels = from.output_channels;
  p.kernel_height = from.kernel_height;
  p.kernel_width = from.kernel_width;
  p.stride_height = from.stride_height;
  p.stride_width = from.stride_width;
  p.pad_top = static_cast<std::uint16_t>(from.pad_top);
  p.pad_left = static_cast<std::uint16_t>(from.pad_left);
}

/// The same and zero points.
template <class P>
void CopyMaps(const nn::ConvolutionParams& from, P& p) {
  CopyShapes(from, p);
  p.input_zero_point = static_cast<std::int8_t>(from.input_zero_point);
  p.output_zero_point = static_cast<std::int8_t>(from.output_zero_point);
}

}  // namespace tinyfog::compile
