#pragma once

#include <cstdint>

#include "tinyfog/nn/kernels/dsp.h"

/// The inner loops that the DSP operators are made of. Assembly reads these structs: their layout
/// is fixed (see kernels/dsp/*.S).
namespace tinyfog::nn {

/// Four pixels times all output channels. Words hold 2 * (value + 128) of a tap's values as two
/// int16, the lower first: [tap][pixel].
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

/// Pairs of neighbouring input rows, four channels, to words:
/// [column][channel][kDspPairs] of two int16 values without zero point, the upper row's first.
struct DspRows {
  std::uint32_t* words;  // of the first pair
  std::uint32_t pairs;
  std::int32_t y;  // of the first row; rows outside the map are padding
  const std::int8_t* input;
  std::uint32_t height;
  std::uint32_t row_bytes;
  std::uint32_t step;  // bytes from pixel to pixel
  std::uint32_t width;
  std::uint32_t negated_zero_point;  // twice, as int16
  const std::int8_t* padding;        // four zero points
};

/// Strips of neighbouring depthwise channels.
struct DspStrips {
  const std::uint32_t* words;
  const DspTaps* taps;
  const std::uint8_t* exponents;
  std::int8_t* output;
  std::uint32_t channels;
  std::uint32_t count;
  std::uint32_t pixel_step;
  std::uint32_t row_step;
  std::uint32_t
      last_row_step;    // to the last strip's lower row; 0: it is not wanted (written first)
  std::uint32_t width;  // of the output
  std::int32_t rounding;
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
