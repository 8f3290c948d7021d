#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "tinyfog/train/trainer.h"

namespace tinyfog::train {

/// A .tflite file with the motor model's interface, executed by Arm NN's CpuRef: for tests. One at
/// a time in a process.
class Runner {
 public:
  /// Throws what Arm NN throws.
  static std::unique_ptr<Runner> Load(const std::vector<std::uint8_t>& file);
  virtual ~Runner() = default;

  /// The most probable class of every window; an int8 model's input is quantised as the file says.
  virtual std::vector<std::uint8_t> Classify(const Dataset& data) = 0;
};

}  // namespace tinyfog::train
