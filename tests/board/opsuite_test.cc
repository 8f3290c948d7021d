#include <gtest/gtest.h>

#include <iostream>

#include "batch.h"
#include "opsuite_for_test.h"

// The shared operator suite on the emulated boards, each in one run of the emulator.
namespace tinyfog::board {
namespace {

using compile::OpsuiteCase;

// A case's place in the batch; its runner knows the sizes of the outputs.
struct Planned {
  const OpsuiteCase* test;
  std::unique_ptr<compile::Runner> runner;
};

std::vector<std::uint8_t> InputsOf(const Planned& planned) {
  std::vector<std::uint8_t> inputs;
  nn::Interpreter& interpreter = planned.runner->interpreter();
  for (const OpsuiteCase::Seed& seed : planned.test->seeds) {
    compile::InputBytes source(seed.seed);
    for (std::uint32_t run = 0; run < planned.test->invokes; ++run) {
      for (std::uint16_t i = 0; i < interpreter.model().input_count(); ++i) {
        std::vector<std::uint8_t> bytes(interpreter.input(i).size());
        compile::FillInput(bytes, planned.test->input_rules[i], source);
        inputs.insert(inputs.end(), bytes.begin(), bytes.end());
      }
    }
  }
  return inputs;
}

// Compares one case's outputs and takes them off `bytes`.
void Compare(const Planned& planned, std::span<const std::uint8_t>& bytes) {
  const nn::Interpreter& interpreter = planned.runner->interpreter();
  for (const OpsuiteCase::Seed& seed : planned.test->seeds) {
    for (std::uint32_t run = 0; run < planned.test->invokes; ++run) {
      for (std::uint16_t i = 0; i < interpreter.model().output_count(); ++i) {
        const std::size_t size = interpreter.output(i).size();
        ASSERT_GE(bytes.size(), size) << planned.test->name << ": outputs are missing";
        if (run + 1 == planned.test->invokes) {
          EXPECT_EQ(
              compile::Difference(bytes.first(size), seed.outputs[i], planned.test->tolerance), "")
              << planned.test->name << " seed " << seed.seed << " output " << i;
        }
        bytes = bytes.subspan(size);
      }
    }
  }
}

struct Board {
  const char* core;
  nn::Target target;
};

// Every model of a folder on one board.
void CompareSuite(const std::string& folder, const Board& board) {
  const std::vector<OpsuiteCase> suite = compile::LoadOpsuite(folder);
  Batch batch;
  std::vector<Planned> planned;
  for (const OpsuiteCase& test : suite) {
    auto runner = compile::Runner::FromTflite(test.path, {.target = board.target});
    if (!runner.ok() || test.seeds.empty()) continue;  // the host's test accounts for them
    planned.push_back({&test, std::move(*runner)});
    const std::vector<std::uint8_t> inputs = InputsOf(planned.back());
    batch.Add({.tfm = planned.back().runner->compiled().tfm,
               .inputs = inputs,
               .runs = static_cast<std::uint32_t>(test.seeds.size()) * test.invokes,
               .runs_per_reset = test.invokes});
  }
  const BatchResult result = batch.Run(board.core);
  ASSERT_EQ(result.exit_code, 0) << result.text.substr(result.text.size() / 2);
  std::span<const std::uint8_t> bytes(result.outputs);
  for (const Planned& one : planned) {
    Compare(one, bytes);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_TRUE(bytes.empty());
  std::cout << planned.size() << " models on " << board.core << "\n";
}

class OpsuiteOnBoard : public testing::TestWithParam<Board> {};

TEST_P(OpsuiteOnBoard, EveryOwnModelEqualsItsReference) {
  TINYFOG_SKIP_WITHOUT_BOARDS();
  CompareSuite(compile::GoldenFolder(), GetParam());
}

TEST_P(OpsuiteOnBoard, EverySharedModelEqualsItsReference) {
  TINYFOG_SKIP_WITHOUT_BOARDS();
  const auto shared = compile::SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  CompareSuite(*shared + "/opsuite", GetParam());
}

INSTANTIATE_TEST_SUITE_P(Boards, OpsuiteOnBoard,
                         testing::Values(Board{"cortex-m4", nn::Target::kPortable},
                                         Board{"cortex-m4", nn::Target::kCortexMDsp},
                                         Board{"cortex-m55", nn::Target::kPortable},
                                         Board{"cortex-m55", nn::Target::kCortexMHelium}),
                         [](const auto& info) {
                           return std::string(info.param.core).substr(7) + "_target" +
                                  std::to_string(static_cast<int>(info.param.target));
                         });

}  // namespace
}  // namespace tinyfog::board
