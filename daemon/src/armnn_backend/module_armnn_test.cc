#include <gtest/gtest.h>

#include "network_for_test.h"
#include "tinyfog/armnn_backend/cputiny.h"
#include "tinyfog/host/file.h"

// The module as any program that uses Arm NN finds it.
namespace tinyfog::armnn_backend {
namespace {

TEST(CpuTinyModule, IsFoundInAFolderOfBackendsAndExecutes) {
  armnn::IRuntime::CreationOptions options;
  options.m_DynamicBackendsPath = TINYFOG_BACKENDS_FOLDER;
  const armnn::IRuntimePtr runtime = armnn::IRuntime::Create(options);
  const armnn::BackendIdSet known = runtime->GetDeviceSpec().GetSupportedBackends();
  ASSERT_EQ(known.count(armnn::BackendId(kCpuTiny)), 1u);
  const Bytes file =
      *ReadFile(std::string(TINYFOG_SOURCE_DIR) + "/fleet/demo/models/motor/1/model.tflite");
  const auto network = LoadTflite(*runtime, file, {kCpuTiny});
  EXPECT_TRUE(network->is_one_plan());
  const std::vector<Bytes> inputs = SeededInputs(network->inputs(), 1);
  EXPECT_TRUE(network->Run(inputs) == network->Run(inputs));
}

}  // namespace
}  // namespace tinyfog::armnn_backend
