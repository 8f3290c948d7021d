#include "network_for_test.h"

#include <armnnTfLiteParser/ITfLiteParser.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <sstream>

#include "tinyfog/armnn_backend/cputiny.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::armnn_backend {

LoadedNetwork::LoadedNetwork(armnn::IRuntime& runtime, const armnn::INetwork& network,
                             std::vector<Port> inputs, std::vector<Port> outputs,
                             const std::vector<armnn::BackendId>& backends)
    : runtime_(runtime), inputs_(std::move(inputs)), outputs_(std::move(outputs)) {
  auto optimized = armnn::Optimize(network, backends, runtime.GetDeviceSpec());
  if (!optimized) throw armnn::Exception("the network cannot be optimised");
  std::stringstream text;
  optimized->SerializeToDot(text);
  description_ = text.str();
  is_one_plan_ = DirectPlanOf(*optimized) != nullptr;
  std::string reason;
  if (runtime.LoadNetwork(id_, std::move(optimized), reason) != armnn::Status::Success) {
    throw armnn::Exception("the network cannot be loaded: " + reason);
  }
}

LoadedNetwork::~LoadedNetwork() { runtime_.UnloadNetwork(id_); }

std::vector<Bytes> LoadedNetwork::Run(const std::vector<Bytes>& inputs) {
  armnn::InputTensors in;
  armnn::OutputTensors out;
  std::vector<Bytes> results;
  for (const Port& port : outputs_) results.emplace_back(port.info.GetNumBytes());
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    in.emplace_back(inputs_[i].id, armnn::ConstTensor(inputs_[i].info, inputs[i].data()));
  }
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    out.emplace_back(outputs_[i].id, armnn::Tensor(outputs_[i].info, results[i].data()));
  }
  if (runtime_.EnqueueWorkload(id_, in, out) != armnn::Status::Success) {
    throw armnn::Exception("the network cannot be executed");
  }
  return results;
}

std::unique_ptr<LoadedNetwork> LoadTflite(armnn::IRuntime& runtime, const Bytes& file,
                                          const std::vector<armnn::BackendId>& backends) {
  auto model = tflite::Parse(file);
  if (!model.ok()) throw armnn::Exception(model.error().message);
  const Bytes bytes = tflite::DequantizeConstants(**model) > 0 ? tflite::Serialize(**model) : file;
  const auto parser = armnnTfLiteParser::ITfLiteParser::Create();
  const auto network = parser->CreateNetworkFromBinary(bytes);
  std::vector<LoadedNetwork::Port> inputs, outputs;
  for (const std::string& name : parser->GetSubgraphInputTensorNames(0)) {
    const auto [id, info] = parser->GetNetworkInputBindingInfo(0, name);
    inputs.push_back({id, info});
  }
  for (const std::string& name : parser->GetSubgraphOutputTensorNames(0)) {
    const auto [id, info] = parser->GetNetworkOutputBindingInfo(0, name);
    outputs.push_back({id, info});
  }
  return std::make_unique<LoadedNetwork>(runtime, *network, inputs, outputs, backends);
}

std::vector<Bytes> SeededInputs(const std::vector<LoadedNetwork::Port>& ports, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Bytes> all;
  for (const LoadedNetwork::Port& port : ports) {
    Bytes& bytes = all.emplace_back(port.info.GetNumBytes());
    if (port.info.GetDataType() == armnn::DataType::Float32) {
      for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
        const float value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
        std::memcpy(bytes.data() + i, &value, sizeof(value));
      }
    } else {
      for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random() >> 24);
    }
  }
  return all;
}

std::optional<std::string> SharedFolder() {
  const char* variable = std::getenv("TINYFOG_SHARED");
  const std::string folder =
      variable != nullptr ? variable : std::string(TINYFOG_SOURCE_DIR) + "/../shared";
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder;
}

}  // namespace tinyfog::armnn_backend
