#pragma once

#include <cstdint>
#include <vector>

#include "tinyfog/train/network.h"
#include "tinyfog/train/trainer.h"

namespace tinyfog::train {

/// real = scale * (q - zero_point), q int8.
struct Quantization {
  float scale = 1;
  std::int32_t zero_point = 0;
};

/// Quantisation of values between the two bounds, widened to hold 0. Source: TensorFlow Lite 8-bit
/// quantisation specification.
Quantization QuantizationOf(float low, float high);
std::int8_t QuantizeValue(float value, const Quantization& q);

struct QuantizedLayer {
  std::vector<std::int8_t> weights;  ///< -127..127, the layout of Layer::weights
  std::vector<float> weight_scales;  ///< per output channel; one for dense layers
  std::vector<std::int32_t> bias;    ///< scale: input's scale * weight scale
  Quantization output;
};

struct QuantizedNetwork {
  Quantization input;
  std::vector<QuantizedLayer> layers;
};

/// Post-training quantisation: weights symmetric, convolutions per output channel; activations by
/// the values that cover the share `coverage` of what the calibration samples give, at both ends.
QuantizedNetwork Quantize(Network& network, const Dataset& calibration, double coverage);

/// The classes that the quantised network answers, computed in float with the quantised weights and
/// activations rounded as in the int8 model (up to ties of rounding).
std::vector<std::uint8_t> ClassifyQuantized(const NetworkSpec& spec,
                                            const QuantizedNetwork& quantized, const Dataset& data);

}  // namespace tinyfog::train
