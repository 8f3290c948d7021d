#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "network_for_test.h"
#include "tinyfog/armnn_backend/cputiny.h"
#include "tinyfog/host/file.h"

// The module as any program that uses Arm NN finds it.
namespace tinyfog::armnn_backend {
namespace {

/// That of the build, or one that was installed: TINYFOG_BACKENDS.
std::string BackendsFolder() {
  const char* given = std::getenv("TINYFOG_BACKENDS");
  return given != nullptr ? given : TINYFOG_BACKENDS_FOLDER;
}

TEST(CpuTinyModule, IsFoundInAFolderOfBackendsAndExecutes) {
  armnn::IRuntime::CreationOptions options;
  options.m_DynamicBackendsPath = BackendsFolder();
  const armnn::IRuntimePtr runtime = armnn::IRuntime::Create(options);
  const armnn::BackendIdSet known = runtime->GetDeviceSpec().GetSupportedBackends();
  ASSERT_EQ(known.count(armnn::BackendId(kCpuTiny)), 1u);
  const bool has_reference =
      std::filesystem::exists(BackendsFolder() + "/Arm_CpuRef_backend.so");  // installed, it has
  EXPECT_EQ(known.count(armnn::BackendId("CpuRef")), has_reference ? 1u : 0u);
  const Bytes file =
      *ReadFile(std::string(TINYFOG_SOURCE_DIR) + "/fleet/demo/models/motor/1/model.tflite");
  const auto network = LoadTflite(*runtime, file, {kCpuTiny});
  EXPECT_TRUE(network->is_one_plan());
  const std::vector<Bytes> inputs = SeededInputs(network->inputs(), 1);
  EXPECT_TRUE(network->Run(inputs) == network->Run(inputs));
}

}  // namespace
}  // namespace tinyfog::armnn_backend
