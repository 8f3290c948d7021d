#pragma once

#include <vector>

#include "tinyfog/train/layer.h"

namespace tinyfog::train {

/// Adam. Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
class Adam {
 public:
  explicit Adam(std::vector<Parameter*> parameters);
  void Step(float learning_rate);

 private:
  struct Moments {
    std::vector<float> mean, square;
  };
  std::vector<Parameter*> parameters_;
  std::vector<Moments> moments_;
  double mean_decay_ = 1, square_decay_ = 1;  ///< the decays to the power of the step's number
};

}  // namespace tinyfog::train
