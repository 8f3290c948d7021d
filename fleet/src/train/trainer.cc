#include "tinyfog/train/trainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tinyfog/train/optimizer.h"

namespace tinyfog::train {
namespace {

std::size_t Best(std::span<const float> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

void Shuffle(std::vector<std::size_t>& order, demo::Random& random) {
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.Below(static_cast<std::uint32_t>(i))]);
  }
}

/// One batch's forward and backward pass; adds to the progress's sums.
class Stepper {
 public:
  Stepper(Network& network, const Dataset& data)
      : network_(network),
        data_(data),
        rows_(static_cast<std::size_t>(network.batch())),
        classes_(static_cast<std::size_t>(
            network.spec().ExtentBefore(network.spec().layers.size()).size())),
        input_(rows_ * data.sample_size),
        gradient_(rows_ * classes_) {}

  void Step(std::span<const std::size_t> chosen, Progress& progress) {
    for (std::size_t i = 0; i < rows_; ++i) {
      std::ranges::copy(data_.sample(chosen[i]),
                        input_.begin() + static_cast<long>(i * data_.sample_size));
    }
    Softmax(network_.Forward(input_), gradient_, static_cast<int>(classes_));
    for (std::size_t i = 0; i < rows_; ++i) {
      const std::span row = std::span(gradient_).subspan(i * classes_, classes_);
      const std::size_t truth = data_.labels[chosen[i]];
      progress.accuracy += Best(row) == truth;
      progress.loss -= std::log(std::max(row[truth], 1e-30f));
      row[truth] -= 1;
      for (float& g : row) g /= static_cast<float>(rows_);
    }
    network_.Backward(gradient_);
  }

 private:
  Network& network_;
  const Dataset& data_;
  std::size_t rows_, classes_;
  std::vector<float> input_, gradient_;
};

}  // namespace

void Train(Network& network, const Dataset& data, const TrainOptions& options, demo::Random& random,
           const std::function<void(const Progress&)>& progress) {
  Adam optimizer(network.Parameters());
  Stepper stepper(network, data);
  std::vector<std::size_t> order(data.size());
  std::iota(order.begin(), order.end(), 0);
  const auto rows = static_cast<std::size_t>(network.batch());
  const std::size_t batches = data.size() / rows;
  const auto steps = static_cast<float>(batches * static_cast<std::size_t>(options.epochs));
  std::size_t step = 0;
  for (int epoch = 1; epoch <= options.epochs; ++epoch) {
    Shuffle(order, random);
    Progress sums{epoch, 0, 0};
    for (std::size_t b = 0; b < batches; ++b, ++step) {
      stepper.Step(std::span(order).subspan(b * rows, rows), sums);
      optimizer.Step(options.learning_rate * (1 - static_cast<float>(step) / steps));
    }
    const auto seen = static_cast<double>(batches * rows);
    if (progress) progress({epoch, sums.loss / seen, sums.accuracy / seen});
  }
}

std::vector<std::uint8_t> Classify(Network& network, const Dataset& data,
                                   const Network::Hook& hook) {
  const auto rows = static_cast<std::size_t>(network.batch());
  std::vector<std::uint8_t> answers;
  std::vector<float> input(rows * data.sample_size);
  for (std::size_t first = 0; first < data.size(); first += rows) {
    const std::size_t count = std::min(rows, data.size() - first);
    const auto part =
        std::span(data.samples).subspan(first * data.sample_size, count * data.sample_size);
    std::ranges::copy(part, input.begin());
    const auto logits = network.Forward(input, hook);
    const std::size_t classes = logits.size() / rows;
    for (std::size_t i = 0; i < count; ++i) {
      answers.push_back(static_cast<std::uint8_t>(Best(logits.subspan(i * classes, classes))));
    }
  }
  return answers;
}

Confusion Confuse(const Dataset& data, const std::vector<std::uint8_t>& answers,
                  std::size_t classes) {
  Confusion counts(classes, std::vector<int>(classes));
  for (std::size_t i = 0; i < data.size(); ++i) ++counts[data.labels[i]][answers[i]];
  return counts;
}

double Accuracy(const Confusion& confusion) {
  int right = 0, all = 0;
  for (std::size_t i = 0; i < confusion.size(); ++i) {
    right += confusion[i][i];
    all += std::accumulate(confusion[i].begin(), confusion[i].end(), 0);
  }
  return all ? static_cast<double>(right) / all : 0;
}

}  // namespace tinyfog::train
