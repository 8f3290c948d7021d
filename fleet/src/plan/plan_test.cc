#include "tinyfog/plan/plan.h"

#include <gtest/gtest.h>

#include <iostream>

#include "plan_for_test.h"
#include "tinyfog/compile/executable.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::plan {
namespace {

std::vector<std::uint8_t> DemoModel() {
  return ReadAll(std::string(TINYFOG_SOURCE_DIR) + "/fleet/demo/models/motor/1/model.tflite");
}

std::shared_ptr<const Plan> MakePlan(std::span<const std::uint8_t> file,
                                     const Options& options = {}) {
  auto plan = Plan::FromTflite(file, options);
  EXPECT_TRUE(plan.ok()) << plan.error().message;
  return plan.ok() ? *plan : nullptr;
}

/// The outputs of `rows` inferences that were asked for one at a time.
std::vector<std::vector<std::uint8_t>> OneByOne(Runner& runner, const Buffers& buffers,
                                                std::size_t rows) {
  std::vector<std::vector<std::uint8_t>> all = buffers.outputs;
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<const std::uint8_t*> in;
    std::vector<std::uint8_t*> out;
    const Plan& plan = runner.plan();
    for (std::size_t i = 0; i < buffers.in.size(); ++i) {
      in.push_back(buffers.in[i] + row * plan.inputs()[i].bytes);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      out.push_back(all[i].data() + row * plan.outputs()[i].bytes);
    }
    runner.Run(in, out);
  }
  return all;
}

/// What a node's interpreter makes of the first input, one row after another: the first output.
std::vector<std::uint8_t> Interpreted(std::span<const std::uint8_t> file, const Buffers& buffers,
                                      std::size_t rows) {
  const auto graph = graph::FromTflite(*tflite::Parse(file).value()).value();
  const auto compiled = compile::Compile(graph).value();
  const auto node = compile::Executable::Open(compiled.tfm, nn::Target::kPortable).value();
  nn::Interpreter& interpreter = node->interpreter();
  const std::span<std::uint8_t> input = interpreter.input(0);
  std::vector<std::uint8_t> outputs;
  for (std::size_t row = 0; row < rows; ++row) {
    std::memcpy(input.data(), buffers.in[0] + row * input.size(), input.size());
    interpreter.Run();
    const std::span<const std::uint8_t> output = interpreter.output(0);
    outputs.insert(outputs.end(), output.begin(), output.end());
  }
  return outputs;
}

TEST(Plan, DescribesTheDemoModel) {
  const auto plan = MakePlan(DemoModel());
  ASSERT_NE(plan, nullptr);
  ASSERT_EQ(plan->inputs().size(), 1u);
  ASSERT_EQ(plan->outputs().size(), 1u);
  EXPECT_EQ(plan->inputs()[0].bytes, plan->model().tensor(plan->model().input(0).tensor).bytes);
  EXPECT_GT(plan->inputs()[0].scale, 0.0f);
  EXPECT_EQ(plan->steps().size(), plan->model().step_count());
  EXPECT_GT(plan->arena_bytes(), 0u);
  EXPECT_FALSE(plan->has_state());
}

TEST(Plan, EveryBatchEqualsSingleRunsWithAllKernels) {
  const auto file = DemoModel();
  std::vector<std::vector<std::uint8_t>> first;
  for (const std::string& kernels : KernelNames()) {
    const auto plan = MakePlan(file, {.isa = nn::X86IsaNamed(kernels)});
    ASSERT_NE(plan, nullptr);
    Runner single(plan), batched(plan);
    for (std::size_t rows = 1; rows <= 16; ++rows) {
      Buffers buffers(*plan, rows, 7);
      const auto expected = OneByOne(single, buffers, rows);
      batched.Run(buffers.in, buffers.out, rows);
      EXPECT_EQ(buffers.outputs, expected) << kernels << ", " << rows << " rows";
      if (rows < 16) continue;
      if (first.empty()) first = expected;
      EXPECT_EQ(expected, first) << kernels;
    }
  }
}

TEST(Plan, ProfilesEachStep) {
  const auto plan = MakePlan(DemoModel());
  ASSERT_NE(plan, nullptr);
  Buffers plain(*plan, 1, 5), profiled(*plan, 1, 5);
  Runner runner(plan);
  runner.Run(plain.in, plain.out);
  std::vector<std::uint64_t> nanoseconds(plan->steps().size());
  for (int i = 0; i < 100; ++i) runner.RunProfiled(profiled.in, profiled.out, nanoseconds);
  EXPECT_EQ(profiled.outputs, plain.outputs);
  std::uint64_t total = 0;
  for (const std::uint64_t step : nanoseconds) total += step;
  EXPECT_GT(total, 0u);
}

TEST(Plan, RefusesWhatIsAboveItsLimits) {
  for (const Options& options : {Options{.max_operators = 3}, Options{.max_tensor_bytes = 100},
                                 Options{.max_arena_bytes = 100}, Options{.max_macs = 100}}) {
    const auto plan = Plan::FromTflite(DemoModel(), options);
    ASSERT_FALSE(plan.ok());
    EXPECT_EQ(plan.error().code, Status::kInvalidArgument);
    EXPECT_NE(plan.error().message.find("that are allowed"), std::string::npos)
        << plan.error().message;
  }
}

TEST(Plan, RefusesWhatIsNoModel) {
  const std::vector<std::uint8_t> bytes(1000, 3);
  EXPECT_EQ(Plan::FromTflite(bytes).error().code, Status::kInvalidArgument);
  EXPECT_EQ(Plan::FromGraph({}).error().code, Status::kInvalidArgument);
}

TEST(Plan, AnswersDependOnNoEarlierRequest) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  int stateful = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*shared + "/opsuite/models")) {
    const std::string path = entry.path();
    if (path.find("svdf") == std::string::npos && path.find("lstm") == std::string::npos) continue;
    const auto plan = Plan::FromTflite(ReadAll(path));
    if (!plan.ok()) continue;
    if (!(*plan)->has_state()) continue;
    ++stateful;
    Runner runner(*plan);
    Buffers first(**plan, 4, 11), again(**plan, 4, 11);
    runner.Run(first.in, first.out, 4);
    EXPECT_EQ(OneByOne(runner, again, 4), first.outputs) << path;
    runner.Run(again.in, again.out, 4);
    EXPECT_EQ(again.outputs, first.outputs) << path;
  }
  EXPECT_GT(stateful, 0);
}

TEST(Plan, ReferenceModelsEqualTheInterpreterInEveryBatch) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  constexpr std::size_t kMost = 16;
  for (const char* name : {"kws_int8", "ic_int8", "vww_int8", "ad_int8"}) {
    const auto file = ReadAll(*shared + "/models/" + name + ".tflite");
    const auto plan = MakePlan(file);
    ASSERT_NE(plan, nullptr) << name;
    Buffers buffers(*plan, kMost, 12);
    const auto expected = Interpreted(file, buffers, kMost);
    Runner runner(plan);
    for (std::size_t rows = 1; rows <= kMost; ++rows) {
      auto& output = buffers.outputs[0];
      std::fill(output.begin(), output.end(), 0);
      runner.Run(buffers.in, buffers.out, rows);
      const auto end = output.begin() + static_cast<std::ptrdiff_t>(expected.size() / kMost * rows);
      EXPECT_TRUE(std::equal(output.begin(), end, expected.begin())) << name << ", " << rows;
    }
  }
}

// Models of floats and dynamic-range-quantised ones, as far as there are kernels.
TEST(Plan, TakesTheReferenceModels) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  for (const char* name : {"kws_float", "kws_drq", "ic_float", "vww_float", "ad_float"}) {
    const auto file = ReadAll(*shared + "/models/" + name + ".tflite");
    if (file.empty()) continue;
    const auto plan = Plan::FromTflite(file);
    if (!plan.ok()) std::cout << name << ": " << plan.error().message << "\n";
    if (!plan.ok()) continue;
    Buffers buffers(**plan, 2, 1);
    Runner(*plan).Run(buffers.in, buffers.out, 2);
  }
}

}  // namespace
}  // namespace tinyfog::plan
