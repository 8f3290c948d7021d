#include "tinyfog/train/optimizer.h"

#include <cmath>

namespace tinyfog::train {
namespace {

constexpr float kMeanDecay = 0.9f, kSquareDecay = 0.999f, kEpsilon = 1e-8f;

}  // namespace

Adam::Adam(std::vector<Parameter*> parameters) : parameters_(std::move(parameters)) {
  for (const Parameter* parameter : parameters_) {
    const std::vector<float> zeros(parameter->value.size());
    moments_.push_back({zeros, zeros});
  }
}

void Adam::Step(float learning_rate) {
  mean_decay_ *= kMeanDecay;
  square_decay_ *= kSquareDecay;
  const auto rate =
      static_cast<float>(learning_rate * std::sqrt(1 - square_decay_) / (1 - mean_decay_));
  for (std::size_t p = 0; p < parameters_.size(); ++p) {
    auto& [value, gradient] = *parameters_[p];
    auto& [mean, square] = moments_[p];
    for (std::size_t i = 0; i < value.size(); ++i) {
      mean[i] = kMeanDecay * mean[i] + (1 - kMeanDecay) * gradient[i];
      square[i] = kSquareDecay * square[i] + (1 - kSquareDecay) * gradient[i] * gradient[i];
      value[i] -= rate * mean[i] / (std::sqrt(square[i]) + kEpsilon);
    }
  }
}

}  // namespace tinyfog::train
