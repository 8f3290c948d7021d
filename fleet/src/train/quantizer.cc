#include "tinyfog/train/quantizer.h"

#include <algorithm>
#include <cmath>

namespace tinyfog::train {
namespace {

using Kind = LayerSpec::Kind;

/// The output channel of weight i.
std::size_t ChannelOf(const LayerSpec& spec, std::size_t weights, std::size_t i) {
  const auto outputs = static_cast<std::size_t>(spec.outputs);
  return spec.kind == Kind::kConvolution ? i % outputs : i / (weights / outputs);
}

float ScaleOf(const QuantizedLayer& layer, std::size_t channel) {
  return layer.weight_scales[layer.weight_scales.size() == 1 ? 0 : channel];
}

/// The bounds of the middle of `values`; they are reordered.
Quantization Cover(std::vector<float>& values, double coverage) {
  const auto outside = static_cast<std::size_t>(static_cast<double>(values.size()) *
                                                std::max(0.0, 1 - coverage) / 2);
  const auto low = values.begin() + static_cast<long>(outside);
  const auto high = values.end() - 1 - static_cast<long>(outside);
  std::nth_element(values.begin(), low, values.end());
  const float lowest = *low;
  std::nth_element(values.begin(), high, values.end());
  return QuantizationOf(lowest, *high);
}

QuantizedLayer QuantizeWeights(const LayerSpec& spec, const Layer& layer, float input_scale) {
  const std::vector<float>& weights = layer.weights.value;
  QuantizedLayer q;
  q.weight_scales.resize(spec.kind == Kind::kConvolution ? layer.bias.value.size() : 1);
  const auto scale = [&](std::size_t i) -> float& {
    const std::size_t channel = ChannelOf(spec, weights.size(), i);
    return q.weight_scales[q.weight_scales.size() == 1 ? 0 : channel];
  };
  for (std::size_t i = 0; i < weights.size(); ++i) {
    scale(i) = std::max(scale(i), std::abs(weights[i]) / 127);
  }
  for (float& s : q.weight_scales) {
    if (s == 0) s = 1;  // a dead channel
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float rounded = std::round(weights[i] / scale(i));
    q.weights.push_back(static_cast<std::int8_t>(std::clamp(rounded, -127.0f, 127.0f)));
  }
  for (std::size_t c = 0; c < layer.bias.value.size(); ++c) {
    const double real = layer.bias.value[c];
    q.bias.push_back(
        static_cast<std::int32_t>(std::round(real / (double{input_scale} * ScaleOf(q, c)))));
  }
  return q;
}

/// Rounds values as an int8 tensor does.
void Round(std::span<float> values, const Quantization& q) {
  for (float& v : values) {
    v = q.scale * static_cast<float>(QuantizeValue(v, q) - q.zero_point);
  }
}

}  // namespace

Quantization QuantizationOf(float low, float high) {
  low = std::min(low, 0.0f);
  high = std::max(high, 0.0f);
  if (high == low) return {1, 0};
  const float scale = (high - low) / 255;
  const float zero_point = std::clamp(std::round(-128 - low / scale), -128.0f, 127.0f);
  return {scale, static_cast<std::int32_t>(zero_point)};
}

std::int8_t QuantizeValue(float value, const Quantization& q) {
  const float rounded = std::round(value / q.scale) + static_cast<float>(q.zero_point);
  return static_cast<std::int8_t>(std::clamp(rounded, -128.0f, 127.0f));
}

QuantizedNetwork Quantize(Network& network, const Dataset& calibration, double coverage) {
  const NetworkSpec& spec = network.spec();
  std::vector<std::vector<float>> seen(spec.layers.size());
  // The last batch is filled up with earlier samples, which changes no bound.
  (void)Classify(network, calibration, [&](std::size_t layer, std::span<const float> y) {
    seen[layer].insert(seen[layer].end(), y.begin(), y.end());
  });
  QuantizedNetwork quantized;
  std::vector<float> inputs = calibration.samples;
  quantized.input = Cover(inputs, coverage);
  Quantization input = quantized.input;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    QuantizedLayer layer;
    if (spec.layers[i].kind == Kind::kGlobalAveragePool) {
      layer.output = input;  // averaging does not rescale
    } else {
      layer = QuantizeWeights(spec.layers[i], network.layer(i), input.scale);
      layer.output = Cover(seen[i], coverage);
    }
    input = layer.output;
    quantized.layers.push_back(std::move(layer));
  }
  return quantized;
}

std::vector<std::uint8_t> ClassifyQuantized(const NetworkSpec& spec,
                                            const QuantizedNetwork& quantized,
                                            const Dataset& data) {
  demo::Random unused(0);
  Network network(spec, 100, unused);
  float input_scale = quantized.input.scale;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const QuantizedLayer& q = quantized.layers[i];
    Layer& layer = network.layer(i);
    for (std::size_t k = 0; k < q.weights.size(); ++k) {
      const std::size_t channel = ChannelOf(spec.layers[i], q.weights.size(), k);
      layer.weights.value[k] = q.weights[k] * ScaleOf(q, channel);
    }
    for (std::size_t c = 0; c < q.bias.size(); ++c) {
      layer.bias.value[c] = static_cast<float>(q.bias[c]) * input_scale * ScaleOf(q, c);
    }
    input_scale = q.output.scale;
  }
  Dataset rounded = data;
  Round(rounded.samples, quantized.input);
  return Classify(network, rounded, [&](std::size_t layer, std::span<float> y) {
    Round(y, quantized.layers[layer].output);
  });
}

}  // namespace tinyfog::train
