#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "batch.h"
#include "runner_for_test.h"
#include "tinyfog/base/crc32.h"

// The int8 reference models on the emulated boards: every tensor alive behind every step equals the
// host's, and every layer equals TensorFlow Lite Micro's.
namespace tinyfog::board {
namespace {

using compile::Runner;
using nlohmann::json;

constexpr const char* kModels[] = {"kws_int8", "ic_int8", "vww_int8", "ad_int8"};

std::string Line(int number, int run, int cut, int tensor, std::uint32_t crc) {
  char text[96];
  std::snprintf(text, sizeof(text), "case %d run %d cut %d tensor %d crc %08x", number, run, cut,
                tensor, crc);
  return text;
}

struct Expected {
  std::string line;
  std::string what;
};

// One model of a batch: what the board must print for it.
class ModelCase {
 public:
  ModelCase(const std::string& shared, const std::string& model, const compile::Options& options)
      : model_(model), optimised_(options.optimise) {
    auto runner = Runner::FromTflite(shared + "/models/" + model + ".tflite", options);
    if (!runner.ok()) {
      ADD_FAILURE() << model << ": " << runner.error().message;
      return;
    }
    runner_ = std::move(*runner);
  }

  void AddTo(Batch& batch, const json& golden) {
    std::vector<std::uint8_t> inputs;
    for (const auto& [seed, layers] : golden[model_].items()) {
      compile::InputBytes bytes(static_cast<std::uint32_t>(std::stoul(seed)));
      std::vector<std::uint8_t> input(runner_->interpreter().input(0).size());
      for (std::uint8_t& byte : input) byte = bytes.Next();
      inputs.insert(inputs.end(), input.begin(), input.end());
    }
    number_ = batch.Add({.tfm = runner_->compiled().tfm,
                         .inputs = inputs,
                         .runs = static_cast<std::uint32_t>(golden[model_].size()),
                         .steps = true});
    int run = 0;
    for (const auto& [seed, layers] : golden[model_].items()) {
      ExpectHost(run, {inputs.data() + run * inputs.size() / golden[model_].size(),
                       inputs.size() / golden[model_].size()});
      if (!optimised_) ExpectGolden(run, layers["ops"]);
      ++run;
    }
  }

  const std::vector<Expected>& expected() const { return expected_; }
  const std::string& model() const { return model_; }

 private:
  // Every live tensor at every cut.
  void ExpectHost(int run, std::span<const std::uint8_t> input) {
    nn::Interpreter& interpreter = runner_->interpreter();
    std::copy(input.begin(), input.end(), interpreter.input(0).begin());
    for (std::uint16_t cut = 1; cut <= interpreter.model().step_count(); ++cut) {
      interpreter.RunSteps(static_cast<std::uint16_t>(cut - 1), cut);
      for (std::uint16_t t = 0; t < interpreter.model().tensor_count(); ++t) {
        const nn::TensorInfo info = interpreter.model().tensor(t);
        if (info.first_cut > cut || info.last_cut < cut) continue;
        expected_.push_back({Line(number_, run, cut, t, Crc32(interpreter.tensor(t))), "host"});
      }
    }
  }

  // Each operator's output at the cut behind its last step.
  void ExpectGolden(int run, const json& layers) {
    const auto& steps = runner_->compiled().steps;
    for (const json& layer : layers) {
      int cut = 0;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].source == layer["op"]) cut = static_cast<int>(i) + 1;
      }
      if (cut == 0) continue;  // an operator without a step, such as RESHAPE
      expected_.push_back(
          {Line(number_, run, cut, runner_->RecordOf(layer["tensor"]), layer["crc32"]), "golden"});
    }
  }

  std::string model_;
  bool optimised_;
  std::unique_ptr<Runner> runner_;
  int number_ = 0;
  std::vector<Expected> expected_;
};

struct Board {
  const char* core;
  nn::Target target;
};

class ModelsOnBoard : public testing::TestWithParam<Board> {};

TEST_P(ModelsOnBoard, EveryLayerEqualsHostAndReference) {
  TINYFOG_SKIP_WITHOUT_BOARDS();
  const auto shared = compile::SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  const json golden = json::parse(std::ifstream(*shared + "/golden/tflm_layers.json"));
  Batch batch;
  std::vector<ModelCase> cases;
  for (const char* model : kModels) {
    for (const bool optimise : {false, true}) {
      cases.emplace_back(*shared, model,
                         compile::Options{.target = GetParam().target, .optimise = optimise});
      if (HasFailure()) return;
      cases.back().AddTo(batch, golden);
    }
  }
  const BatchResult result = batch.Run(GetParam().core);
  ASSERT_EQ(result.exit_code, 0) << result.text.substr(0, 2000);
  std::set<std::string> lines;
  std::istringstream text(result.text);
  for (std::string line; std::getline(text, line);) lines.insert(line);
  std::size_t compared = 0;
  for (const ModelCase& one : cases) {
    for (const Expected& expected : one.expected()) {
      EXPECT_TRUE(lines.contains(expected.line))
          << one.model() << " (" << expected.what << "): " << expected.line;
      ++compared;
    }
  }
  EXPECT_GT(compared, 300u);
  std::cout << compared << " tensors compared on " << GetParam().core << "\n";
}

INSTANTIATE_TEST_SUITE_P(Boards, ModelsOnBoard,
                         testing::Values(Board{"cortex-m4", nn::Target::kPortable},
                                         Board{"cortex-m4", nn::Target::kCortexMDsp},
                                         Board{"cortex-m7", nn::Target::kCortexMDsp},
                                         Board{"cortex-m33", nn::Target::kCortexMDsp},
                                         Board{"cortex-m55", nn::Target::kPortable},
                                         Board{"cortex-m55", nn::Target::kCortexMHelium}),
                         [](const auto& info) {
                           return std::string(info.param.core).substr(7) + "_target" +
                                  std::to_string(static_cast<int>(info.param.target));
                         });

}  // namespace
}  // namespace tinyfog::board
