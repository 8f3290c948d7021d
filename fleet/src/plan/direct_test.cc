#include <gtest/gtest.h>

#include "plan_for_test.h"
#include "random_graph_for_test.h"

// Inferences on the caller's memory against those on copies.
namespace tinyfog::plan {
namespace {

constexpr std::size_t kRows = 3;

/// The outputs of single inferences that copy their inputs and outputs.
std::vector<std::vector<std::uint8_t>> OnCopies(Runner& runner, const Buffers& buffers) {
  const Plan& plan = runner.plan();
  std::vector<std::vector<std::uint8_t>> all = buffers.outputs;
  std::vector<std::uint64_t> nanoseconds(plan.steps().size());
  for (std::size_t row = 0; row < kRows; ++row) {
    std::vector<const std::uint8_t*> in;
    std::vector<std::uint8_t*> out;
    for (std::size_t i = 0; i < buffers.in.size(); ++i) {
      in.push_back(buffers.in[i] + row * plan.inputs()[i].bytes);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      out.push_back(all[i].data() + row * plan.outputs()[i].bytes);
    }
    runner.RunProfiled(in, out, nanoseconds);
  }
  return all;
}

void ExpectEqual(const std::shared_ptr<const Plan>& plan, const std::string& name) {
  if (plan->has_state()) return;  // RunProfiled goes on with it
  Runner runner(plan);
  Buffers buffers(*plan, kRows, 4);
  const auto inputs = buffers.inputs;
  const auto expected = OnCopies(runner, buffers);
  runner.Run(buffers.in, buffers.out, kRows);
  EXPECT_EQ(buffers.outputs, expected) << name << ", the last row copied where it must be";
  EXPECT_EQ(buffers.inputs, inputs) << name;
  std::size_t behind = 0;
  for (const Port& port : plan->inputs()) behind = std::max(behind, port.reads_behind);
  for (std::size_t i = 0; i < buffers.inputs.size(); ++i) {
    buffers.inputs[i].reserve(buffers.inputs[i].size() + behind);
    buffers.in[i] = buffers.inputs[i].data();
  }
  for (auto& output : buffers.outputs) std::fill(output.begin(), output.end(), 0);
  runner.Run(buffers.in, buffers.out, kRows, behind);
  EXPECT_EQ(buffers.outputs, expected) << name;
  EXPECT_EQ(buffers.inputs, inputs) << name;
}

TEST(Direct, RandomGraphsGiveTheSameBytes) {
  int direct = 0;
  for (const std::string& kernels : KernelNames()) {
    for (std::uint32_t seed = 1; seed <= 25; ++seed) {
      const auto plan =
          Plan::FromGraph(compile::RandomGraph(seed), {.isa = nn::X86IsaNamed(kernels)});
      ASSERT_TRUE(plan.ok()) << plan.error().message;
      ExpectEqual(*plan, kernels + ", graph " + std::to_string(seed));
      direct += (*plan)->inputs()[0].is_direct && (*plan)->outputs()[0].is_direct;
    }
  }
  EXPECT_GT(direct, 60);
}

TEST(Direct, EveryOperatorGivesTheSameBytes) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  int direct = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*shared + "/opsuite/models")) {
    const auto plan = Plan::FromTflite(ReadAll(entry.path()));
    if (!plan.ok()) continue;
    ExpectEqual(*plan, entry.path());
    for (const Port& port : (*plan)->outputs()) direct += port.is_direct;
  }
  EXPECT_GT(direct, 500);
}

TEST(Direct, ReferenceModelsAreNeverCopied) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  for (const char* name : {"kws_int8", "ic_int8", "vww_int8", "ad_int8", "kws_drq", "ic_float",
                           "vww_float", "ad_float"}) {
    const auto plan = Plan::FromTflite(ReadAll(*shared + "/models/" + name + ".tflite"));
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    for (const Port& port : (*plan)->inputs()) EXPECT_TRUE(port.is_direct) << name;
    for (const Port& port : (*plan)->outputs()) EXPECT_TRUE(port.is_direct) << name;
    ExpectEqual(*plan, name);
  }
}

// Numbers that are not aligned are copied.
TEST(Direct, TakesFloatsAnywhere) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  const auto plan = Plan::FromTflite(ReadAll(*shared + "/models/ad_float.tflite"));
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  Buffers buffers(**plan, 1, 9);
  Runner runner(*plan);
  runner.Run(buffers.in, buffers.out);
  std::vector<std::uint8_t> input(buffers.inputs[0].size() + 1),
      output(buffers.outputs[0].size() + 1);
  std::copy(buffers.inputs[0].begin(), buffers.inputs[0].end(), input.begin() + 1);
  const std::uint8_t* in = input.data() + 1;
  std::uint8_t* out = output.data() + 1;
  runner.Run({&in, 1}, {&out, 1});
  EXPECT_TRUE(std::equal(buffers.outputs[0].begin(), buffers.outputs[0].end(), out));
}

}  // namespace
}  // namespace tinyfog::plan
