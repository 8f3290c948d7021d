#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "float_graph_for_test.h"
#include "random_graph_for_test.h"
#include "runner_for_test.h"

namespace tinyfog::compile {
namespace {

std::uint64_t MacsOf(const Runner& runner) {
  std::uint64_t macs = 0;
  for (const StepReport& step : runner.compiled().steps) macs += step.macs;
  return macs;
}

int CountOf(const Runner& runner, const char* kernel) {
  const auto& steps = runner.compiled().steps;
  return static_cast<int>(
      std::count_if(steps.begin(), steps.end(),
                    [kernel](const StepReport& step) { return step.kernel.starts_with(kernel); }));
}

TEST(Passes, OptimisedRandomGraphsGiveEqualBytes) {
  constexpr std::uint32_t kGraphs = 100;
  std::uint64_t macs = 0;
  std::uint64_t plain_macs = 0;
  int streams = 0;
  std::map<std::string, int> sums;
  for (std::uint32_t seed = 1; seed <= kGraphs; ++seed) {
    const graph::Graph graph = RandomGraph(seed);
    auto plain = Runner::FromGraph(graph, {.optimise = false});
    ASSERT_TRUE(plain.ok()) << "seed " << seed << ": " << plain.error().message;
    for (const std::string& name : VariantNames()) {
      // Slow, and the same templates as the others.
      if (name.starts_with("emulated") && seed % 4 != 0) continue;
      const Variant variant = VariantNamed(name);
      auto optimised = Runner::FromGraph(graph, {.target = variant.target}, variant.isa);
      ASSERT_TRUE(optimised.ok()) << "seed " << seed << ": " << optimised.error().message;
      for (std::uint32_t input = 1; input <= 3; ++input) {
        ASSERT_EQ(FirstDifference(**optimised, **plain, input), "")
            << name << " graph seed " << seed << " input seed " << input;
      }
      macs += MacsOf(**optimised);
      streams += CountOf(**optimised, "stream");
      sums[name] += CountOf(**optimised, "residual");
      plain_macs += MacsOf(**plain);
    }
  }
  EXPECT_LT(macs, plain_macs * 4 / 5);
  EXPECT_GT(streams, 10);
  for (const char* name : {"portable", "cortex-m4", "cortex-m55"}) {
    EXPECT_GT(sums[name], 5) << name;
  }
}

int RemovedFrom(const Runner& runner) {
  int count = 0;
  for (const auto& removed : runner.compiled().removed_channels) {
    count += static_cast<int>(removed.size());
  }
  return count;
}

TEST(Passes, OptimisedRandomFloatGraphsGiveValuesWithinRounding) {
  constexpr std::uint32_t kGraphs = 100;
  constexpr double kTolerance = 1e-5;
  std::uint64_t macs = 0;
  std::uint64_t plain_macs = 0;
  int removed = 0;
  double worst = 0;
  for (std::uint32_t seed = 1; seed <= kGraphs; ++seed) {
    const graph::Graph graph = RandomFloatGraph(seed);
    auto plain = Runner::FromGraph(graph, {.optimise = false});
    ASSERT_TRUE(plain.ok()) << "seed " << seed << ": " << plain.error().message;
    for (const std::string& name : VariantNames()) {
      if (name.starts_with("cortex") || name.starts_with("emulated")) continue;  // no float kernels
      const Variant variant = VariantNamed(name);
      auto optimised = Runner::FromGraph(graph, {.target = variant.target}, variant.isa);
      ASSERT_TRUE(optimised.ok()) << "seed " << seed << ": " << optimised.error().message;
      for (std::uint32_t input = 1; input <= 3; ++input) {
        const double difference = LargestDifference(**optimised, **plain, input);
        ASSERT_LE(difference, kTolerance) << name << " graph " << seed << " input " << input;
        worst = std::max(worst, difference);
      }
      macs += MacsOf(**optimised);
      plain_macs += MacsOf(**plain);
      removed += RemovedFrom(**optimised);
    }
  }
  std::cout << removed << " channels removed, " << macs << " of " << plain_macs
            << " multiplications left, largest difference " << worst << '\n';
  EXPECT_LT(macs, plain_macs * 9 / 10);
}

// Much of the visual wake words network is pruned; see docs/tinyfog-compile.md.
TEST(Passes, ChannelsOfTheWakeWordModelGoInFloatToo) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  const std::string path = *shared + "/models/vww_float.tflite";
  auto plain = Runner::FromTflite(path, {.optimise = false});
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  for (const std::string& name : VariantNames()) {
    if (name.starts_with("cortex") || name.starts_with("emulated")) continue;
    const Variant variant = VariantNamed(name);
    auto optimised = Runner::FromTflite(path, {.target = variant.target}, variant.isa);
    ASSERT_TRUE(optimised.ok()) << optimised.error().message;
    const double difference = LargestDifference(**optimised, **plain, 1);
    std::cout << name << ": " << RemovedFrom(**optimised) << " channels removed, "
              << MacsOf(**optimised) << " of " << MacsOf(**plain)
              << " multiplications left, difference " << difference << '\n';
    EXPECT_LE(difference, 1e-5) << name;
    EXPECT_GT(RemovedFrom(**optimised), 1000) << name;
    EXPECT_LT(MacsOf(**optimised), MacsOf(**plain) * 6 / 10) << name;
  }
}

TEST(Passes, ConstantsAreFolded) {
  graph::Graph graph;
  for (int t = 0; t < 4; ++t) {
    graph::Tensor& tensor = graph.tensors.emplace_back();
    tensor.shape = {1, 2};
    tensor.quantization = {{0.5f}, {0}, 0};
  }
  graph.tensors[1].constant = {std::uint8_t{2}, std::uint8_t{3}};
  graph.inputs = {0};
  graph.outputs = {3};
  graph.nodes.push_back({graph::Op::kAdd, {1, 1}, {2}, {}, {}, 0});
  graph.nodes.push_back({graph::Op::kAdd, {0, 2}, {3}, {}, {}, 1});
  auto runner = Runner::FromGraph(graph);
  ASSERT_TRUE(runner.ok());
  ASSERT_EQ((*runner)->compiled().steps.size(), 1u);
  nn::Interpreter& interpreter = (*runner)->interpreter();
  std::fill(interpreter.input(0).begin(), interpreter.input(0).end(), std::uint8_t{1});
  interpreter.Run();
  EXPECT_EQ(interpreter.output(0)[0], 5);
  EXPECT_EQ(interpreter.output(0)[1], 7);
}

TEST(Passes, EqualGraphsGiveEqualFiles) {
  const graph::Graph graph = RandomGraph(7);
  EXPECT_EQ(Compile(graph)->tfm, Compile(graph)->tfm);
}

}  // namespace
}  // namespace tinyfog::compile
