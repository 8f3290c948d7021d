#include <gtest/gtest.h>

#include <iostream>

#include "backend_check.h"
#include "buffers.h"
#include "instance.h"
#include "opsuite_for_test.h"
#include "test_models.h"

// Every model of the operator suites, served as the gateway would.
namespace tinyfog::inference {
namespace {

using compile::InputBytes;
using compile::OpsuiteCase;

/// How the answers differ from the reference's; empty if they do not.
std::string Differences(Instance& instance, const ModelFile& file, const OpsuiteCase& test) {
  for (const OpsuiteCase::Seed& seed : test.seeds) {
    InputBytes source(seed.seed);
    Buffers inputs = Zeros(file.signature.inputs, 1);
    Buffers outputs = Zeros(file.signature.outputs, 1);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      compile::FillInput(inputs[i], test.input_rules[i], source);
    }
    if (!instance.Run(1, ConstPointers(inputs), Pointers(outputs)).ok()) return "failed";
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const auto text = compile::Difference(outputs[i], seed.outputs[i], test.tolerance);
      if (!text.empty()) return "seed " + std::to_string(seed.seed) + ": " + text;
    }
  }
  return "";
}

struct Tally {
  int direct = 0, only_tiny = 0, refused = 0;
};

void Serve(const OpsuiteCase& test, Engine& engine, Tally& tally) {
  const auto file = OpenModel(testing::ReadAll(test.path));
  ASSERT_TRUE(file.ok()) << test.name << ": " << file.error().message;
  auto choice = ChooseBackends(*file, engine);
  if (!choice.ok()) {
    std::cout << "refused: " << test.name << ": " << choice.error().message << "\n";
    ++tally.refused;
    return;
  }
  EXPECT_TRUE(choice->quarantined.empty()) << test.name << ": " << choice->quarantined[0].reason;
  tally.direct += choice->network->max_rows() > 1;
  tally.only_tiny += file->only_tiny.has_value();
  // Requests of their own are not where state goes on from one to the next.
  if (test.invokes != 1 || test.seeds.empty()) return;
  const auto instance = Instance::Create(*file, engine, {choice->backends});
  ASSERT_TRUE(instance.ok()) << test.name << ": " << instance.error().message;
  EXPECT_EQ(Differences(**instance, *file, test), "") << test.name;
}

TEST(Coverage, EveryModelThatTheRuntimeKnowsIsServed) {
  auto folders = std::vector<std::string>{compile::GoldenFolder()};
  if (const auto shared = testing::SharedFolder()) folders.push_back(*shared / "opsuite");
  const auto engine = CreateEngine({"CpuTiny", "CpuRef"});
  ASSERT_TRUE(engine.ok()) << engine.error().message;
  for (const std::string& folder : folders) {
    Tally tally;
    const auto suite = compile::LoadOpsuite(folder);
    for (const OpsuiteCase& test : suite) Serve(test, **engine, tally);
    std::cout << folder << ": " << suite.size() << " models, " << tally.direct << " directly, "
              << tally.only_tiny << " of them unknown to Arm NN, " << tally.refused << " refused\n";
    EXPECT_LE(tally.refused, 4);
    EXPECT_EQ(tally.direct + tally.refused, static_cast<int>(suite.size()));
  }
}

}  // namespace
}  // namespace tinyfog::inference
