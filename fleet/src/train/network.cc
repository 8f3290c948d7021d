#include "tinyfog/train/network.h"

#include <cmath>

namespace tinyfog::train {

Extent NetworkSpec::ExtentBefore(std::size_t i) const {
  Extent extent = input;
  for (std::size_t k = 0; k < i; ++k) extent = layers[k].OutputOf(extent);
  return extent;
}

long NetworkSpec::MultiplyAccumulates() const {
  long sum = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    sum += layers[i].MultiplyAccumulates(ExtentBefore(i));
  }
  return sum;
}

Network::Network(NetworkSpec spec, int batch, demo::Random& random)
    : spec_(std::move(spec)), batch_(batch) {
  for (std::size_t i = 0; i < spec_.layers.size(); ++i) {
    const LayerSpec& layer = spec_.layers[i];
    const Extent extent = spec_.ExtentBefore(i);
    layers_.push_back(MakeLayer(layer, extent, batch));
    auto& weights = layers_.back()->weights.value;
    const int fan_in = weights.empty() ? 1 : static_cast<int>(weights.size()) / layer.outputs;
    const double deviation = std::sqrt(2.0 / fan_in);
    for (float& w : weights) w = static_cast<float>(deviation * random.Normal());
    const auto size = static_cast<std::size_t>(batch * layer.OutputOf(extent).size());
    activations_.emplace_back(size);
    gradients_.emplace_back(size);
  }
}

std::span<const float> Network::Forward(std::span<const float> input, const Hook& hook) {
  input_ = input;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i]->Forward(i ? std::span<const float>(activations_[i - 1]) : input, activations_[i]);
    if (hook) hook(i, activations_[i]);
  }
  return activations_.back();
}

void Network::Backward(std::span<const float> d_logits) {
  gradients_.back().assign(d_logits.begin(), d_logits.end());
  for (std::size_t i = layers_.size(); i-- > 0;) {
    const auto x = i ? std::span<const float>(activations_[i - 1]) : input_;
    const auto dx = i ? std::span<float>(gradients_[i - 1]) : std::span<float>();
    layers_[i]->Backward(x, activations_[i], gradients_[i], dx);
  }
}

std::vector<Parameter*> Network::Parameters() {
  std::vector<Parameter*> parameters;
  for (const auto& layer : layers_) {
    for (Parameter* parameter : {&layer->weights, &layer->bias}) {
      if (!parameter->value.empty()) parameters.push_back(parameter);
    }
  }
  return parameters;
}

}  // namespace tinyfog::train
