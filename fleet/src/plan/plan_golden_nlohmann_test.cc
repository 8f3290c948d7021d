#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "plan_for_test.h"
#include "tinyfog/base/crc32.h"

// Every layer of the int8 reference models against TensorFlow Lite Micro's bytes.
namespace tinyfog::plan {
namespace {

class Golden : public testing::TestWithParam<std::tuple<const char*, std::string, bool>> {};

/// Runs step by step on the inputs of a seed; the checksum of each tensor that the file also has.
std::map<int, std::uint32_t> Layers(Runner& runner, std::uint32_t seed) {
  const nn::Model& model = runner.plan().model();
  const compile::Compiled& compiled = runner.plan().compiled();
  Random random(seed);
  for (std::uint16_t i = 0; i < model.input_count(); ++i) {
    for (auto& byte : runner.mutable_tensor(model.input(i).tensor)) byte = random.Next();
  }
  std::map<int, std::uint32_t> layers;
  for (std::uint16_t cut = 0; cut <= model.step_count(); ++cut) {
    if (cut > 0) runner.RunSteps(cut - 1u, cut);
    for (std::size_t t = 0; t < compiled.tensor_records.size(); ++t) {
      const int record = compiled.tensor_records[t];
      if (record < 0 || !compiled.removed_channels[t].empty()) continue;
      const auto index = static_cast<std::uint16_t>(record);
      if (model.tensor(index).first_cut != cut) continue;
      layers[static_cast<int>(t)] = Crc32(runner.tensor(index));
    }
  }
  return layers;
}

TEST_P(Golden, EveryLayerEqualsTheReference) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  const auto& [name, variant, optimise] = GetParam();
  const auto golden = nlohmann::json::parse(std::ifstream(*shared + "/golden/tflm_layers.json"));
  Options options{.isa = nn::X86IsaNamed(variant), .optimise = optimise};
  const auto plan = Plan::FromTflite(ReadAll(*shared + "/models/" + name + ".tflite"), options);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ((*plan)->kernels(), variant);
  Runner runner(*plan);
  for (const auto& [seed, expected] : golden[name].items()) {
    const auto layers = Layers(runner, static_cast<std::uint32_t>(std::stoul(seed)));
    int compared = 0;
    for (const auto& layer : expected["ops"]) {
      const auto found = layers.find(layer["tensor"]);
      if (found == layers.end()) continue;
      EXPECT_EQ(found->second, layer["crc32"]) << "seed " << seed << " operator " << layer["op"];
      ++compared;
    }
    EXPECT_GT(compared, optimise ? 1 : 8);
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Golden,
                         testing::Combine(testing::Values("kws_int8", "ic_int8", "vww_int8",
                                                          "ad_int8"),
                                          testing::ValuesIn(KernelNames()), testing::Bool()),
                         [](const auto& info) {
                           std::string name =
                               std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name + (std::get<2>(info.param) ? "_optimised" : "_plain");
                         });

}  // namespace
}  // namespace tinyfog::plan
