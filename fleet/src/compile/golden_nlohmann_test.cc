#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runner_for_test.h"
#include "tinyfog/base/crc32.h"

// Every layer of the int8 reference models against TensorFlow Lite Micro's bytes.
namespace tinyfog::compile {
namespace {

class GoldenTest
    : public testing::TestWithParam<std::tuple<const char*, std::string, const char*>> {
 protected:
  // Compares what a run has of each operator's output; returns how many there were.
  static int Compare(Runner& runner, const nlohmann::json& expected, std::uint32_t seed) {
    InputBytes bytes(seed);
    const std::map<int, Layer> layers = RunLayers(runner, bytes);
    const Layer& input = layers.at(runner.graph().inputs[0]);
    EXPECT_EQ(Crc32(input.bytes), expected["input_crc32"]);
    int compared = 0;
    for (const auto& layer : expected["ops"]) {
      const auto found = layers.find(layer["tensor"]);
      if (found == layers.end() || !found->second.is_known()) continue;
      EXPECT_EQ(Crc32(found->second.bytes), layer["crc32"])
          << "seed " << seed << " operator " << layer["op"];
      ++compared;
    }
    return compared;
  }
};

TEST_P(GoldenTest, EveryLayerEqualsTheReference) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  const nlohmann::json golden =
      nlohmann::json::parse(std::ifstream(*shared + "/golden/tflm_layers.json"));
  const std::string model = std::get<0>(GetParam());
  const Variant variant = VariantNamed(std::get<1>(GetParam()));
  const Options options = {.target = variant.target,
                           .optimise = std::string(std::get<2>(GetParam())) == "optimised"};
  const std::string path = *shared + "/models/" + model + ".tflite";
  auto runner = Runner::FromTflite(path, options, variant.isa);
  ASSERT_TRUE(runner.ok()) << runner.error().message;
  auto plain = Runner::FromTflite(path, {.optimise = false});
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  ASSERT_TRUE(golden.contains(model));
  for (const auto& [seed, expected] : golden[model].items()) {
    const auto number = static_cast<std::uint32_t>(std::stoul(seed));
    const int compared = Compare(**runner, expected, number);
    EXPECT_GT(compared, options.optimise ? 4 : 8);
    const std::string difference = FirstDifference(**runner, **plain, number);
    EXPECT_EQ(difference, "") << model << " seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, GoldenTest,
    testing::Combine(testing::Values("kws_int8", "ic_int8", "vww_int8", "ad_int8"),
                     testing::ValuesIn(VariantNames()), testing::Values("plain", "optimised")),
    [](const auto& info) {
      std::string name = std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param) +
                         "_" + std::get<2>(info.param);
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

}  // namespace
}  // namespace tinyfog::compile
