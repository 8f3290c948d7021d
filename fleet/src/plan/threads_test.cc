#include <gtest/gtest.h>

#include <thread>

#include "plan_for_test.h"
#include "random_graph_for_test.h"
#include "team.h"

// Inferences by several threads, and several inferences at once.
namespace tinyfog::plan {
namespace {

// Every step is worth being split.
constexpr RunnerOptions kSplit{.threads = 3, .least_macs = 1};

struct Cell {
  std::uint32_t value = 0;
};
void Count(const void* params, nn::Memory) {
  ++const_cast<Cell*>(static_cast<const Cell*>(params))->value;
}

TEST(Team, RunsEachPartOnce) {
  Team team(3);
  std::vector<Cell> cells(40);
  std::vector<Step> parts;
  for (const Cell& cell : cells) parts.push_back({Count, &cell});
  for (std::uint32_t run = 1; run <= 2000; ++run) {
    team.Run(std::span(parts).first(run % 40 + 1), {});
  }
  for (std::size_t i = 0; i < cells.size(); ++i) EXPECT_EQ(cells[i].value, 50 * (40 - i)) << i;
}

/// How many steps were split.
std::size_t ExpectEqual(const std::shared_ptr<const Plan>& plan, const std::string& name) {
  Runner alone(plan), together(plan, kSplit);
  Buffers expected(*plan, 2, 6), found(*plan, 2, 6);
  alone.Run(expected.in, expected.out, 2);
  together.Run(found.in, found.out, 2);
  EXPECT_EQ(found.outputs, expected.outputs) << name;
  return together.split_steps();
}

TEST(Threads, RandomGraphsGiveTheSameBytes) {
  for (const std::string& kernels : KernelNames()) {
    int split = 0;
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
      const auto plan =
          Plan::FromGraph(compile::RandomGraph(seed), {.isa = nn::X86IsaNamed(kernels)});
      ASSERT_TRUE(plan.ok()) << plan.error().message;
      split += static_cast<int>(ExpectEqual(*plan, kernels + ", graph " + std::to_string(seed)));
    }
    EXPECT_GT(split, kernels == "portable" ? -1 : 40) << kernels;
  }
}

TEST(Threads, ReferenceModelsGiveTheSameBytes) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  for (const char* name : {"kws_int8", "ic_int8", "vww_int8", "ad_int8", "kws_drq", "ic_float",
                           "vww_float", "ad_float"}) {
    const auto file = ReadAll(*shared + "/models/" + name + ".tflite");
    for (const std::string& kernels : KernelNames()) {
      if (kernels.starts_with("emulated")) continue;  // the random graphs are enough
      const auto plan = Plan::FromTflite(file, {.isa = nn::X86IsaNamed(kernels)});
      ASSERT_TRUE(plan.ok()) << plan.error().message;
      const std::size_t split = ExpectEqual(*plan, name + (", " + kernels));
      EXPECT_EQ(split > (*plan)->steps().size() / 3, kernels != "portable") << name;
    }
  }
}

TEST(Threads, SmallModelsAreNotSplit) {
  const auto plan = Plan::FromGraph(compile::RandomGraph(1));
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(Runner(*plan, {.threads = 4}).split_steps(), 0u);
  EXPECT_EQ(Runner(*plan, {.threads = 1, .least_macs = 1}).split_steps(), 0u);
}

TEST(Threads, FourRunOneModel) {
  const auto plan = Plan::FromGraph(compile::RandomGraph(2));
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  for (const RunnerOptions& options : {RunnerOptions{}, kSplit}) {
    constexpr std::size_t kRows = 8;
    Buffers expected(**plan, kRows, 3);
    Runner(*plan).Run(expected.in, expected.out, kRows);
    std::vector<Buffers> results;
    for (int i = 0; i < 4; ++i) results.emplace_back(**plan, kRows, 3);
    std::vector<std::thread> threads;
    for (Buffers& buffers : results) {
      threads.emplace_back([&] {
        Runner runner(*plan, options);
        for (int i = 0; i < 5; ++i) runner.Run(buffers.in, buffers.out, kRows);
      });
    }
    for (auto& thread : threads) thread.join();
    for (const Buffers& buffers : results) EXPECT_EQ(buffers.outputs, expected.outputs);
  }
}

}  // namespace
}  // namespace tinyfog::plan
