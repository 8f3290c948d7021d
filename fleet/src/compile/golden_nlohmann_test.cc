#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runner_for_test.h"
#include "tinyfog/base/crc32.h"

// Every layer of the int8 reference models against TensorFlow Lite Micro's bytes.
namespace tinyfog::compile {
namespace {

class GoldenTest : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

// Runs step by step; `check` sees each operator's output as soon as its last step has run.
template <class F>
void RunStepByStep(Runner& runner, F check) {
  const auto& steps = runner.compiled().steps;
  for (std::uint16_t i = 0; i < steps.size(); ++i) {
    runner.interpreter().RunSteps(i, static_cast<std::uint16_t>(i + 1));
    const bool is_last = i + 1u == steps.size() || steps[i + 1].source != steps[i].source;
    if (is_last) check(steps[i].source);
  }
}

TEST_P(GoldenTest, EveryLayerEqualsTheReference) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  const nlohmann::json golden =
      nlohmann::json::parse(std::ifstream(*shared + "/golden/tflm_layers.json"));
  const auto [name, target] = GetParam();
  auto runner = Runner::FromTflite(*shared + "/models/" + name + ".tflite",
                                   {.target = *TargetNamed(target), .optimise = false});
  ASSERT_TRUE(runner.ok()) << runner.error().message;
  ASSERT_TRUE(golden.contains(name));
  for (const auto& [seed, expected] : golden[name].items()) {
    InputBytes bytes(static_cast<std::uint32_t>(std::stoul(seed)));
    for (std::uint8_t& byte : (*runner)->interpreter().input(0)) byte = bytes.Next();
    EXPECT_EQ(Crc32((*runner)->interpreter().input(0)), expected["input_crc32"]);
    int compared = 0;
    RunStepByStep(**runner, [&, &layers = expected, &model = name](int op) {
      for (const auto& layer : layers["ops"]) {
        if (layer["op"] != op) continue;
        const auto record = (*runner)->RecordOf(layer["tensor"]);
        EXPECT_EQ(Crc32((*runner)->interpreter().tensor(record)), layer["crc32"])
            << model << " seed " << seed << " operator " << op;
        ++compared;
      }
    });
    EXPECT_GT(compared, 5);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenTest,
                         testing::Combine(testing::Values("kws_int8", "ic_int8", "vww_int8",
                                                          "ad_int8"),
                                          testing::Values("portable", "cortex-m4", "cortex-m55")),
                         [](const auto& info) {
                           std::string name =
                               std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace tinyfog::compile
