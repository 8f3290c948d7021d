#include "runner_armnn.h"

#include <algorithm>
#include <armnn/ArmNN.hpp>
#include <armnnTfLiteParser/ITfLiteParser.hpp>
#include <stdexcept>

#include "tinyfog/demo/vibration.h"

namespace tinyfog::train {
namespace {

template <class T>
std::uint8_t Best(const std::vector<T>& row) {
  return static_cast<std::uint8_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

class ArmnnRunner : public Runner {
 public:
  explicit ArmnnRunner(const std::vector<std::uint8_t>& file)
      : runtime_(armnn::IRuntime::Create(armnn::IRuntime::CreationOptions())) {
    const auto parser = armnnTfLiteParser::ITfLiteParser::Create();
    const auto network = parser->CreateNetworkFromBinary(file);
    input_ = parser->GetNetworkInputBindingInfo(0, "window");
    output_ = parser->GetNetworkOutputBindingInfo(0, "state");
    auto optimized = armnn::Optimize(*network, {armnn::Compute::CpuRef}, runtime_->GetDeviceSpec());
    if (!optimized ||
        runtime_->LoadNetwork(network_, std::move(optimized)) != armnn::Status::Success) {
      throw std::runtime_error("Arm NN refuses the model");
    }
  }

  std::vector<std::uint8_t> Classify(const Dataset& data) override {
    std::vector<std::uint8_t> answers;
    for (std::size_t i = 0; i < data.size(); ++i) {
      demo::Window window;
      std::ranges::copy(data.sample(i), window.begin());
      const auto& info = input_.second;
      answers.push_back(info.IsQuantized()
                            ? Run<std::int8_t>(demo::Quantize(window, info.GetQuantizationScale(),
                                                              info.GetQuantizationOffset()))
                            : Run<float>(window));
    }
    return answers;
  }

 private:
  template <class T>
  std::uint8_t Run(const auto& input) {
    std::vector<T> answer(output_.second.GetNumElements());
    const auto status = runtime_->EnqueueWorkload(
        network_, {{input_.first, armnn::ConstTensor(input_.second, input.data())}},
        {{output_.first, armnn::Tensor(output_.second, answer.data())}});
    if (status != armnn::Status::Success) throw std::runtime_error("Arm NN failed");
    return Best(answer);
  }

  armnn::IRuntimePtr runtime_;
  armnn::NetworkId network_ = 0;
  armnnTfLiteParser::BindingPointInfo input_, output_;
};

}  // namespace

std::unique_ptr<Runner> Runner::Load(const std::vector<std::uint8_t>& file) {
  return std::make_unique<ArmnnRunner>(file);
}

}  // namespace tinyfog::train
