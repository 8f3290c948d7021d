#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tinyfog/demo/random.h"
#include "tinyfog/train/network.h"

namespace tinyfog::train {

/// Labelled samples of equal size, one after the other.
struct Dataset {
  std::size_t sample_size = 0;
  std::vector<float> samples;
  std::vector<std::uint8_t> labels;

  std::size_t size() const { return labels.size(); }
  std::span<const float> sample(std::size_t i) const {
    return std::span(samples).subspan(i * sample_size, sample_size);
  }
};

struct TrainOptions {
  int epochs = 20;
  float learning_rate = 3e-3f;  ///< falls linearly to 0
};

struct Progress {
  int epoch = 0;        ///< from 1
  double loss = 0;      ///< mean cross entropy over the epoch, natural logarithm
  double accuracy = 0;  ///< over the epoch, while it learnt
};

/// Minimises the cross entropy over shuffled batches; what does not fill a batch waits for the next
/// epoch's shuffle. Precondition: at least one batch of samples.
void Train(Network& network, const Dataset& data, const TrainOptions& options, demo::Random& random,
           const std::function<void(const Progress&)>& progress);

/// The most probable class of every sample. `hook` as in Network::Forward.
std::vector<std::uint8_t> Classify(Network& network, const Dataset& data,
                                   const Network::Hook& hook = {});

/// counts[truth][answer].
using Confusion = std::vector<std::vector<int>>;
Confusion Confuse(const Dataset& data, const std::vector<std::uint8_t>& answers,
                  std::size_t classes);
/// Share of right answers.
double Accuracy(const Confusion& confusion);

}  // namespace tinyfog::train
