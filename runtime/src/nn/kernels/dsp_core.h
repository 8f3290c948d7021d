#pragma once

#include <cstdint>

#include "tinyfog/nn/kernels/dsp.h"

/// The inner loops that the DSP operators are made of. Assembly reads these structs: their layout
/// is fixed (see kernels/dsp/*.S).
namespace tinyfog::nn {

/// Four pixels times all output channels. Words hold the doubled values of a tap as two int16, the
/// lower first: [tap][pixel].
struct DspDot {
  const std::uint32_t* words;
  const std::int8_t* weights;
  const DspPair* channels;
  std::int8_t* output;  // of the first pixel
  std::uint32_t taps;
  std::int32_t outputs;
  // From the first pixel's output to the others'; 0 for an absent one. The first is written last.
  std::uint32_t offset[3];
  std::int32_t rounding;  // 2 * output_zero_point + 1
};

/// One pair of input rows, four channels: to W1 (the lower rows) of a strip and W0 of the next.
/// A strip is [column][channel]{W0, W1}, words of two int16 values without zero point, the upper
/// row's first.
struct DspRows {
  const std::int8_t* upper;
  const std::int8_t* lower;
  std::uint32_t upper_step;  // bytes from pixel to pixel
  std::uint32_t lower_step;
  std::uint32_t* strip;
  std::uint32_t* next;
  std::uint32_t width;
  std::uint32_t negated_zero_point;  // twice, as int16
};

/// Strips of one depthwise channel.
struct DspStrips {
  const std::uint32_t* strip;  // at the channel
  std::uint32_t strip_bytes;
  std::uint32_t count;
  const DspTaps* taps;
  std::int8_t* output;
  std::uint32_t pixel_step;
  std::uint32_t row_step;  // 0: the lower output row is not wanted (stride 1); written first
  std::uint32_t width;     // of the output
  std::int32_t rounding;
  std::uint32_t exponent;
};

/// One batch of a fully connected layer.
struct DspRowsDot {
  const std::int8_t* input;
  const std::int8_t* weights;
  const std::int32_t* biases;
  const DspScale* scales;
  std::int8_t* output;
  std::uint32_t scale_step;  // bytes from scale to scale: 8, or 0 if uniform
  std::uint32_t quads;       // of inputs
  std::uint32_t outputs;
  std::int32_t rounding;
};

/// ADD: a is scaled, b is shifted, their sum requantised.
struct DspAdd {
  const std::int8_t* a;
  const std::int8_t* b;
  std::int8_t* output;
  std::int32_t a_factor;  // 1 << a_left
  std::int32_t a_bias;
  std::int32_t a_multiplier;
  std::int32_t a_half;  // 1 << a_exponent
  std::uint32_t a_shift;
  std::int32_t b_bias;  // with b << 20
  std::int32_t output_multiplier;
  std::int32_t rounding;  // (2 * output_zero_point + 1) << output_exponent
  std::uint32_t output_exponent;
  std::uint32_t count;
};

}  // namespace tinyfog::nn
