#include "direct_armnn.h"

#include <gtest/gtest.h>

#include <armnn/ArmNN.hpp>
#include <armnnTfLiteParser/ITfLiteParser.hpp>
#include <cmath>
#include <cstring>

namespace tinyfog::testing {

struct DirectArmnn::State {
  armnn::IRuntimePtr runtime{armnn::IRuntime::Create({})};
  armnn::NetworkId network = 0;
  armnnTfLiteParser::BindingPointInfo input;
  armnnTfLiteParser::BindingPointInfo output;
};

DirectArmnn::DirectArmnn(const std::filesystem::path& model) : state_(std::make_unique<State>()) {
  auto parser = armnnTfLiteParser::ITfLiteParser::Create();
  auto network = parser->CreateNetworkFromBinaryFile(model.c_str());
  state_->input =
      parser->GetNetworkInputBindingInfo(0, parser->GetSubgraphInputTensorNames(0).at(0));
  state_->output =
      parser->GetNetworkOutputBindingInfo(0, parser->GetSubgraphOutputTensorNames(0).at(0));
  auto optimized =
      armnn::Optimize(*network, {armnn::Compute::CpuRef}, state_->runtime->GetDeviceSpec());
  EXPECT_EQ(state_->runtime->LoadNetwork(state_->network, std::move(optimized)),
            armnn::Status::Success);
}

DirectArmnn::~DirectArmnn() = default;

std::string DirectArmnn::Run(const std::string& input) {
  EXPECT_EQ(input.size(), state_->input.second.GetNumBytes());
  std::string output(state_->output.second.GetNumBytes(), '\0');
  const armnn::InputTensors inputs{
      {state_->input.first, armnn::ConstTensor(state_->input.second, input.data())}};
  const armnn::OutputTensors outputs{
      {state_->output.first, armnn::Tensor(state_->output.second, output.data())}};
  EXPECT_EQ(state_->runtime->EnqueueWorkload(state_->network, inputs, outputs),
            armnn::Status::Success);
  return output;
}

std::string DirectArmnn::Quantise(const std::vector<float>& values) const {
  const auto& info = state_->input.second;
  std::string bytes;
  for (const float value : values) {
    const float stored = std::round(value / info.GetQuantizationScale()) +
                         static_cast<float>(info.GetQuantizationOffset());
    bytes.push_back(static_cast<char>(std::fmin(127, std::fmax(-128, stored))));
  }
  return bytes;
}

std::vector<float> DirectArmnn::Dequantise(const std::string& bytes) const {
  const auto& info = state_->output.second;
  std::vector<float> values;
  if (info.GetDataType() == armnn::DataType::Float32) {
    values.resize(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  for (const char c : bytes) {
    values.push_back(
        info.GetQuantizationScale() *
        static_cast<float>(static_cast<signed char>(c) - info.GetQuantizationOffset()));
  }
  return values;
}

}  // namespace tinyfog::testing
