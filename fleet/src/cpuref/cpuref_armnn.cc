#include <armnn/ArmNN.hpp>
#include <armnnTfLiteParser/ITfLiteParser.hpp>

#include "tinyfog/cpuref/cpuref.h"

namespace tinyfog {
namespace {

using armnnTfLiteParser::BindingPointInfo;

Error Refused(const std::string& reason) {
  return {Status::kUnimplemented, "Arm NN's reference backend does not take it: " + reason};
}

class ArmnnCpuRef : public CpuRef {
 public:
  // Throws what Arm NN throws.
  explicit ArmnnCpuRef(std::span<const std::uint8_t> model)
      : runtime_(armnn::IRuntime::Create(armnn::IRuntime::CreationOptions())) {
    const auto parser = armnnTfLiteParser::ITfLiteParser::Create();
    const auto network = parser->CreateNetworkFromBinary({model.begin(), model.end()});
    for (const std::string& name : parser->GetSubgraphInputTensorNames(0)) {
      Add(name, parser->GetNetworkInputBindingInfo(0, name), input_points_, inputs_);
    }
    for (const std::string& name : parser->GetSubgraphOutputTensorNames(0)) {
      Add(name, parser->GetNetworkOutputBindingInfo(0, name), output_points_, outputs_);
    }
    auto optimized = armnn::Optimize(*network, {armnn::Compute::CpuRef}, runtime_->GetDeviceSpec());
    if (!optimized) throw armnn::Exception("the network cannot be optimised");
    std::string reason;
    if (runtime_->LoadNetwork(network_, std::move(optimized), reason) != armnn::Status::Success) {
      throw armnn::Exception(reason);
    }
  }

  const std::vector<Port>& inputs() const override { return inputs_; }
  const std::vector<Port>& outputs() const override { return outputs_; }

  Outcome<std::vector<std::vector<std::uint8_t>>> Run(
      const std::vector<std::span<const std::uint8_t>>& values) override {
    armnn::InputTensors inputs;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& [id, info] = input_points_[i];
      inputs.emplace_back(id, armnn::ConstTensor(info, values[i].data()));
    }
    std::vector<std::vector<std::uint8_t>> results;
    for (const Port& port : outputs_) results.emplace_back(port.bytes);
    armnn::OutputTensors outputs;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto& [id, info] = output_points_[i];
      outputs.emplace_back(id, armnn::Tensor(info, results[i].data()));
    }
    if (runtime_->EnqueueWorkload(network_, inputs, outputs) != armnn::Status::Success) {
      return Internal("Arm NN's reference backend failed");
    }
    return results;
  }

 private:
  static void Add(const std::string& name, const BindingPointInfo& point,
                  std::vector<BindingPointInfo>& points, std::vector<Port>& ports) {
    const armnn::TensorInfo& info = point.second;
    points.push_back(point);
    ports.push_back({.name = name,
                     .bytes = info.GetNumBytes(),
                     .is_float = info.GetDataType() == armnn::DataType::Float32,
                     .scale = info.GetQuantizationScale(),
                     .zero_point = info.GetQuantizationOffset()});
  }

  armnn::IRuntimePtr runtime_;
  armnn::NetworkId network_ = 0;
  std::vector<BindingPointInfo> input_points_, output_points_;
  std::vector<Port> inputs_, outputs_;
};

}  // namespace

Outcome<std::unique_ptr<CpuRef>> CpuRef::Load(std::span<const std::uint8_t> model) {
  try {
    return std::unique_ptr<CpuRef>(std::make_unique<ArmnnCpuRef>(model));
  } catch (const std::exception& error) {
    return Refused(error.what());
  }
}

}  // namespace tinyfog
