#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>

#include "network_for_test.h"
#include "tinyfog/armnn_backend/cputiny.h"
#include "tinyfog/host/file.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::armnn_backend {
namespace {

const std::vector<armnn::BackendId> kBackends = {kCpuTiny, "CpuRef"};

armnn::IRuntime& Runtime() {
  RegisterCpuTiny();
  static const armnn::IRuntimePtr runtime =
      armnn::IRuntime::Create(armnn::IRuntime::CreationOptions());
  return *runtime;
}

std::vector<Bytes> RunPlan(plan::Runner& runner, const std::vector<Bytes>& inputs) {
  std::vector<const std::uint8_t*> in;
  for (const Bytes& bytes : inputs) in.push_back(bytes.data());
  std::vector<Bytes> outputs;
  for (const plan::Port& port : runner.plan().outputs()) outputs.emplace_back(port.bytes);
  std::vector<std::uint8_t*> out;
  for (Bytes& bytes : outputs) out.push_back(bytes.data());
  runner.Run(in, out);
  return outputs;
}

// Wholly on CpuTiny, with the bytes of the plan made from the file.
void CompareWithPlan(const std::string& path) {
  const Bytes file = *ReadFile(path);
  const auto network = LoadTflite(Runtime(), file, kBackends);
  EXPECT_TRUE(network->is_one_plan()) << network->description();
  const auto plan = plan::Plan::FromTflite(file);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  plan::Runner runner(*plan);
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    const std::vector<Bytes> inputs = SeededInputs(network->inputs(), seed);
    EXPECT_TRUE(network->Run(inputs) == RunPlan(runner, inputs)) << path << " seed " << seed;
  }
}

TEST(CpuTinyBackend, ExecutesTheDemoModel) {
  CompareWithPlan(std::string(TINYFOG_SOURCE_DIR) + "/fleet/demo/models/motor/1/model.tflite");
}

TEST(CpuTinyBackend, ExecutesTheReferenceModelsWhole) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  int models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*shared + "/models")) {
    if (entry.path().extension() != ".tflite") continue;
    SCOPED_TRACE(entry.path().filename().string());
    CompareWithPlan(entry.path().string());
    ++models;
  }
  EXPECT_EQ(models, 8);
}

enum Verdict { kWhole, kSplit, kRefused, kDiffers };

// Whether Arm NN takes a file, and CpuTiny all of it with the bytes of the plan made from the file.
Verdict Judge(const std::string& path) {
  const Bytes file = *ReadFile(path);
  std::unique_ptr<LoadedNetwork> network;
  try {
    network = LoadTflite(Runtime(), file, kBackends);
  } catch (const std::exception&) {
    return kRefused;
  }
  if (!network->is_one_plan()) return kSplit;
  const auto plan = plan::Plan::FromTflite(file);
  if (!plan.ok()) return kDiffers;
  plan::Runner runner(*plan);
  const std::vector<Bytes> inputs = SeededInputs(network->inputs(), 7);
  return network->Run(inputs) == RunPlan(runner, inputs) ? kWhole : kDiffers;
}

// In a process of its own: Arm NN ends the process on models that it takes for impossible.
Verdict JudgeApart(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    std::freopen("/dev/null", "w", stderr);
    _exit(Judge(path));
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? static_cast<Verdict>(WEXITSTATUS(status)) : kRefused;
}

// What Arm NN parses of a folder.
void CompareSuite(const std::string& folder) {
  std::map<Verdict, int> counts;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".tflite") continue;
    const std::string name = entry.path().filename().string();
    // Arm NN's parser reads neither align_corners nor half_pixel_centers.
    const bool is_misread = name.starts_with("resize_") &&
                            (name.find("align") != name.npos || name.find("half") != name.npos);
    const Verdict verdict = JudgeApart(entry.path().string());
    EXPECT_TRUE(verdict != kDiffers || is_misread) << name;
    if (verdict == kSplit) std::cout << "not whole: " << name << "\n";
    ++counts[verdict];
  }
  std::cout << counts[kWhole] << " models whole, " << counts[kSplit] << " not, " << counts[kRefused]
            << " refused by Arm NN\n";
  EXPECT_GT(counts[kWhole], 0);
}

TEST(CpuTinyBackend, ExecutesWhatArmnnParsesOfTheOperatorSuite) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  CompareSuite(*shared + "/opsuite/models");
}

// RELU, SOFT_RELU (which only CpuRef knows), RELU.
std::unique_ptr<LoadedNetwork> LoadSplit(const std::vector<armnn::BackendId>& backends) {
  const armnn::TensorInfo info({1, 8}, armnn::DataType::Float32);
  const auto network = armnn::INetwork::Create();
  armnn::IConnectableLayer* layers[] = {
      network->AddInputLayer(7),
      network->AddActivationLayer({armnn::ActivationFunction::ReLu}, "first"),
      network->AddActivationLayer({armnn::ActivationFunction::SoftReLu}, "middle"),
      network->AddActivationLayer({armnn::ActivationFunction::ReLu}, "last"),
      network->AddOutputLayer(9)};
  for (int i = 0; i < 4; ++i) {
    layers[i]->GetOutputSlot(0).SetTensorInfo(info);
    layers[i]->GetOutputSlot(0).Connect(layers[i + 1]->GetInputSlot(0));
  }
  using Ports = std::vector<LoadedNetwork::Port>;
  return std::make_unique<LoadedNetwork>(Runtime(), *network, Ports{{7, info}}, Ports{{9, info}},
                                         backends);
}

TEST(CpuTinyBackend, LeavesALayerInTheMiddleToTheNextBackend) {
  const auto split = LoadSplit(kBackends);
  EXPECT_FALSE(split->is_one_plan());
  EXPECT_NE(split->description().find("BackendID : CpuTiny"), std::string::npos);
  EXPECT_NE(split->description().find("BackendID : CpuRef"), std::string::npos);
  const auto reference = LoadSplit({"CpuRef"});
  const std::vector<Bytes> inputs = SeededInputs(split->inputs(), 4);
  const Bytes ours = split->Run(inputs)[0];
  const Bytes theirs = reference->Run(inputs)[0];
  for (std::size_t i = 0; i < ours.size(); i += 4) {
    float a = 0, b = 0;
    std::memcpy(&a, ours.data() + i, 4);
    std::memcpy(&b, theirs.data() + i, 4);
    EXPECT_NEAR(a, b, 1e-6);
    EXPECT_GE(a, 0.69f);  // log(1 + exp(0))
  }
}

TEST(CpuTinyBackend, NetworksComeAndGo) {
  const Bytes file =
      *ReadFile(std::string(TINYFOG_SOURCE_DIR) + "/fleet/demo/models/motor/1/model.tflite");
  std::vector<Bytes> first;
  for (int i = 0; i < 50; ++i) {
    const auto network = LoadTflite(Runtime(), file, kBackends);
    const std::vector<Bytes> outputs = network->Run(SeededInputs(network->inputs(), 1));
    if (i == 0) first = outputs;
    EXPECT_TRUE(outputs == first);
  }
}

}  // namespace
}  // namespace tinyfog::armnn_backend
