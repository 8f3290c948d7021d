#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tinyfog::testing {

/// A model with one input and one output, run by Arm NN's reference backend without anything of
/// ours in between.
class DirectArmnn {
 public:
  explicit DirectArmnn(const std::filesystem::path& model);
  ~DirectArmnn();
  std::string Run(const std::string& input);
  /// To and from the bytes of an int8 model; a float model's bytes are the values.
  std::string Quantise(const std::vector<float>& values) const;
  std::vector<float> Dequantise(const std::string& bytes) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tinyfog::testing
