#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tinyfog/cpuref/cpuref.h"
#include "tinyfog/train/trainer.h"

namespace tinyfog::train {

/// A .tflite file with the motor model's interface, executed by Arm NN's CpuRef: for tests. One at
/// a time in a process.
class Runner {
 public:
  /// Throws std::runtime_error with Arm NN's reason.
  explicit Runner(const std::vector<std::uint8_t>& file);

  /// The most probable class of every window; an int8 model's input is quantised as the file says.
  std::vector<std::uint8_t> Classify(const Dataset& data);

 private:
  std::unique_ptr<CpuRef> model_;
};

}  // namespace tinyfog::train
