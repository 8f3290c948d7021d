#pragma once

#include <armnn/ArmNN.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinyfog::armnn_backend {

using Bytes = std::vector<std::uint8_t>;

/// A network loaded and executed through Arm NN's public functions. Not thread-safe.
class LoadedNetwork {
 public:
  struct Port {
    armnn::LayerBindingId id;
    armnn::TensorInfo info;
  };

  /// Throws what Arm NN throws.
  LoadedNetwork(armnn::IRuntime& runtime, const armnn::INetwork& network, std::vector<Port> inputs,
                std::vector<Port> outputs, const std::vector<armnn::BackendId>& backends);
  ~LoadedNetwork();

  std::vector<Bytes> Run(const std::vector<Bytes>& inputs);
  const std::vector<Port>& inputs() const { return inputs_; }
  /// As Arm NN optimised it, with the backends of its layers.
  const std::string& description() const { return description_; }
  bool is_one_plan() const { return is_one_plan_; }

 private:
  armnn::IRuntime& runtime_;
  armnn::NetworkId id_ = 0;
  std::vector<Port> inputs_, outputs_;
  std::string description_;
  bool is_one_plan_ = false;
};

/// A .tflite file; constants of dynamic-range-quantised operators are dequantised.
std::unique_ptr<LoadedNetwork> LoadTflite(armnn::IRuntime& runtime, const Bytes& file,
                                          const std::vector<armnn::BackendId>& backends);

/// Seeded values that suit the type.
std::vector<Bytes> SeededInputs(const std::vector<LoadedNetwork::Port>& ports, std::uint32_t seed);

/// The folder of shared reference data, or nothing when it is not there.
std::optional<std::string> SharedFolder();

}  // namespace tinyfog::armnn_backend
