#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "tinyfog/demo/random.h"
#include "tinyfog/train/layer.h"

namespace tinyfog::train {

struct NetworkSpec {
  Extent input;
  std::vector<LayerSpec> layers;  ///< the last one gives the logits

  /// The input of layer i; i == layers.size(): the logits.
  Extent ExtentBefore(std::size_t i) const;
  long MultiplyAccumulates() const;
};

/// A chain of layers with the activations of one batch. Not thread-safe.
class Network {
 public:
  /// Called with a layer's number and what it computed, which may be changed.
  using Hook = std::function<void(std::size_t layer, std::span<float> y)>;

  /// Weights are drawn from `random` (normal, variance 2 / inputs; He et al. 2015), biases are 0.
  Network(NetworkSpec spec, int batch, demo::Random& random);

  /// Logits [batch, classes] of one batch; they live until the next call. `input` must stay until
  /// Backward.
  std::span<const float> Forward(std::span<const float> input, const Hook& hook = {});
  /// All parameters' gradients for the batch of the last Forward.
  void Backward(std::span<const float> d_logits);

  const NetworkSpec& spec() const { return spec_; }
  int batch() const { return batch_; }
  Layer& layer(std::size_t i) { return *layers_[i]; }
  const Layer& layer(std::size_t i) const { return *layers_[i]; }
  /// Those with values, in the order of the layers.
  std::vector<Parameter*> Parameters();

 private:
  NetworkSpec spec_;
  int batch_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<std::vector<float>> activations_, gradients_;  ///< each layer's output
  std::span<const float> input_;
};

}  // namespace tinyfog::train
