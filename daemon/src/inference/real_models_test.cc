#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <future>

#include "instance.h"
#include "model_file.h"
#include "test_models.h"
#include "tinyfog/inference/server.h"

namespace tinyfog::inference {
namespace {

class RealModelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = testing::SharedFolder();
    if (!folder) GTEST_SKIP() << "set TINYFOG_SHARED to the folder of reference models";
    shared_ = *folder;
    auto engine = CreateArmnnEngine({"CpuRef"});
    ASSERT_TRUE(engine.ok()) << engine.error().message;
    engine_ = std::move(*engine);
  }
  ModelFile Open(const std::string& name) {
    auto file = OpenModel(testing::ReadAll(shared_ / "models" / (name + ".tflite")));
    if (!file.ok()) ADD_FAILURE() << name << ": " << file.error().message;
    return file.ok() ? std::move(*file) : ModelFile();
  }
  std::filesystem::path shared_;
  std::shared_ptr<Engine> engine_;  // shared: as CreateArmnnEngine gives it
};

TEST_F(RealModelsTest, AllLoadAndCanBeBatched) {
  for (const char* name : {"kws_int8", "kws_drq", "ic_int8", "ic_float", "vww_int8", "vww_float",
                           "ad_int8", "ad_float"}) {
    const auto file = Open(name);
    auto instance = Instance::Create(file, *engine_, {{"CpuRef"}});
    ASSERT_TRUE(instance.ok()) << name << ": " << instance.error().message;
    std::string reason;
    EXPECT_EQ((*instance)->ProveBatching(8, reason), 8u) << name << ": " << reason;
  }
}

TEST_F(RealModelsTest, BatchesOfEverySizeGiveTheSameBytes) {
  for (const char* name : {"ad_int8", "ad_float", "kws_int8"}) {
    const auto file = Open(name);
    auto instance = Instance::Create(file, *engine_, {{"CpuRef"}});
    ASSERT_TRUE(instance.ok());
    const std::size_t in = file.signature.inputs[0].ByteSize();
    const std::size_t out = file.signature.outputs[0].ByteSize();
    constexpr std::uint32_t kRows = 7;
    std::vector<std::uint8_t> input(in * kRows), single(out * kRows);
    const bool floats = file.signature.inputs[0].type == DataType::kFp32;
    for (std::size_t i = 0; i < input.size(); i += floats ? 4 : 1) {
      const float value = static_cast<float>(i % 97) / 10;
      if (floats) {
        std::memcpy(&input[i], &value, 4);
      } else {
        input[i] = static_cast<std::uint8_t>(i * 31);
      }
    }
    for (std::uint32_t row = 0; row < kRows; ++row) {
      ASSERT_TRUE((*instance)->Run(1, {&input[row * in]}, {&single[row * out]}).ok());
    }
    for (const std::uint32_t rows : {2u, 3u, 4u, 7u}) {
      std::vector<std::uint8_t> batched(out * rows);
      ASSERT_TRUE((*instance)->Run(rows, {input.data()}, {batched.data()}).ok());
      EXPECT_TRUE(std::equal(batched.begin(), batched.end(), single.begin()))
          << name << " " << rows;
    }
  }
}

TEST_F(RealModelsTest, ASpokenKeywordIsHeard) {
  const auto file = Open("kws_int8");
  auto instance = Instance::Create(file, *engine_, {{"CpuRef"}});
  ASSERT_TRUE(instance.ok());
  const auto input = testing::ReadAll(shared_ / "inputs" / "kws_sample.i8.bin");
  std::vector<std::uint8_t> output(12);
  ASSERT_TRUE((*instance)->Run(1, {input.data()}, {output.data()}).ok());
  std::vector<std::uint8_t> expected(12, 0x80);
  expected[5] = 127;
  EXPECT_EQ(output, expected);
}

TEST_F(RealModelsTest, LoadingAndUnloadingAgainAndAgain) {
  const auto file = Open("ad_int8");
  std::vector<std::uint8_t> input(640), output(640);
  for (int i = 0; i < 100; ++i) {
    auto instance = Instance::Create(file, *engine_, {{"CpuRef"}});
    ASSERT_TRUE(instance.ok());
    if (i % 20 == 0) {
      ASSERT_TRUE((*instance)->Run(1, {input.data()}, {output.data()}).ok());
    }
  }
}

}  // namespace
}  // namespace tinyfog::inference
