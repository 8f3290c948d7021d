#include <gtest/gtest.h>

#include <iostream>

#include "batch.h"
#include "random_graph_for_test.h"
#include "runner_for_test.h"

// Random graphs on the emulated boards, where the compiler joins two operators in a step, against
// the same graphs without any pass on the host.
namespace tinyfog::board {
namespace {

struct Board {
  const char* core;
  nn::Target target;
};

bool HasJoinedSteps(const compile::Compiled& compiled) {
  return std::any_of(compiled.steps.begin(), compiled.steps.end(), [](const auto& step) {
    return step.kernel.starts_with("stream") || step.kernel.starts_with("residual");
  });
}

// Fills the inputs, runs and appends what went in and came out.
void RunOnHost(compile::Runner& runner, std::uint32_t seed, std::vector<std::uint8_t>& inputs,
               std::vector<std::uint8_t>& outputs) {
  nn::Interpreter& interpreter = runner.interpreter();
  compile::InputBytes source(seed);
  for (std::uint16_t i = 0; i < interpreter.model().input_count(); ++i) {
    for (std::uint8_t& byte : interpreter.input(i)) inputs.push_back(byte = source.Next());
  }
  interpreter.Run();
  for (std::uint16_t i = 0; i < interpreter.model().output_count(); ++i) {
    const auto output = interpreter.output(i);
    outputs.insert(outputs.end(), output.begin(), output.end());
  }
}

class JoinedStepsOnBoard : public testing::TestWithParam<Board> {};

TEST_P(JoinedStepsOnBoard, EqualSingleOperatorsOnTheHost) {
  TINYFOG_SKIP_WITHOUT_BOARDS();
  constexpr std::uint32_t kGraphs = 60;
  Batch batch;
  std::vector<std::uint8_t> expected;
  int joined = 0;
  for (std::uint32_t seed = 1; seed <= kGraphs; ++seed) {
    const graph::Graph graph = compile::RandomGraph(seed);
    auto fast = compile::Runner::FromGraph(graph, {.target = GetParam().target});
    auto plain = compile::Runner::FromGraph(graph, {.optimise = false});
    ASSERT_TRUE(fast.ok() && plain.ok()) << "seed " << seed;
    if (!HasJoinedSteps((*fast)->compiled())) continue;
    std::vector<std::uint8_t> inputs;
    RunOnHost(**plain, seed, inputs, expected);
    batch.Add({.tfm = (*fast)->compiled().tfm, .inputs = inputs, .runs = 1, .runs_per_reset = 1});
    ++joined;
  }
  ASSERT_GT(joined, 5);
  const BatchResult result = batch.Run(GetParam().core);
  ASSERT_EQ(result.exit_code, 0) << result.text;
  EXPECT_TRUE(result.outputs == expected);
  std::cout << joined << " graphs of " << kGraphs << " on " << GetParam().core << "\n";
}

INSTANTIATE_TEST_SUITE_P(Boards, JoinedStepsOnBoard,
                         testing::Values(Board{"cortex-m4", nn::Target::kPortable},
                                         Board{"cortex-m4", nn::Target::kCortexMDsp},
                                         Board{"cortex-m55", nn::Target::kCortexMHelium}),
                         [](const auto& info) {
                           return std::string(info.param.core).substr(7) + "_target" +
                                  std::to_string(static_cast<int>(info.param.target));
                         });

}  // namespace
}  // namespace tinyfog::board
