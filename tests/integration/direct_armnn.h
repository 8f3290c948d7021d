#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tinyfog/cpuref/cpuref.h"

namespace tinyfog::testing {

/// A model with one input and one output, run by Arm NN's reference backend. Throws
/// std::runtime_error.
class DirectArmnn {
 public:
  explicit DirectArmnn(const std::filesystem::path& model);
  std::string Run(const std::string& input);
  /// To and from the bytes of an int8 model; a float model's bytes are the values.
  std::string Quantise(const std::vector<float>& values) const;
  std::vector<float> Dequantise(const std::string& bytes) const;

 private:
  std::unique_ptr<CpuRef> model_;
};

}  // namespace tinyfog::testing
