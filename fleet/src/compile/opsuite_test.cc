#include "opsuite_for_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>

// Every model of the operator suites against its reference outputs.
namespace tinyfog::compile {
namespace {

// Runs one seed and compares every output.
std::string RunSeed(Runner& runner, const OpsuiteCase& test, const OpsuiteCase::Seed& seed) {
  InputBytes source(seed.seed);
  nn::Interpreter& interpreter = runner.interpreter();
  interpreter.Reset();
  for (std::uint32_t run = 0; run < test.invokes; ++run) {
    for (std::uint16_t i = 0; i < interpreter.model().input_count(); ++i) {
      FillInput(interpreter.input(i), test.input_rules[i], source);
    }
    interpreter.Run();
  }
  for (std::uint16_t i = 0; i < interpreter.model().output_count(); ++i) {
    const std::string difference =
        Difference(interpreter.output(i), seed.outputs[i], test.tolerance);
    if (!difference.empty()) {
      return "seed " + std::to_string(seed.seed) + " output " + std::to_string(i) + ": " +
             difference;
    }
  }
  return "";
}

// Operators and types that the compiler has no kernel for.
bool IsKnownGap(const std::string& reason) {
  for (const char* gap : {"(ADD_N)", "(DIV)"}) {
    if (reason.find(gap) != std::string::npos) return true;
  }
  return false;
}

// Every model of a folder, with the kernels of a variant.
void CompareSuite(const std::string& folder, const std::string& name) {
  const Variant variant = VariantNamed(name);
  const std::vector<OpsuiteCase> suite = LoadOpsuite(folder);
  int passed = 0;
  int without_reference = 0;
  std::map<std::string, std::string> unsupported;
  for (const OpsuiteCase& test : suite) {
    if (test.seeds.empty()) {
      ++without_reference;
      continue;
    }
    auto runner = Runner::FromTflite(test.path, {.target = variant.target}, variant.isa);
    if (!runner.ok()) {
      unsupported[test.name] = runner.error().message;
      continue;
    }
    std::string failure;
    for (const OpsuiteCase::Seed& seed : test.seeds) {
      if (failure.empty()) failure = RunSeed(**runner, test, seed);
    }
    EXPECT_EQ(failure, "") << test.name;
    passed += failure.empty();
  }
  for (const auto& [name, reason] : unsupported) {
    EXPECT_TRUE(IsKnownGap(reason)) << name << ": " << reason;
    std::cout << "unsupported: " << name << ": " << reason.substr(0, 150) << "\n";
  }
  std::cout << passed << " of " << suite.size() << " equal, " << unsupported.size()
            << " unsupported, " << without_reference << " without a valid reference\n";
}

class Opsuite : public testing::TestWithParam<std::string> {};

TEST_P(Opsuite, EveryOwnModelEqualsItsReference) { CompareSuite(GoldenFolder(), GetParam()); }

TEST_P(Opsuite, EverySharedModelEqualsItsReference) {
  const auto shared = SharedFolder();
  if (!shared) GTEST_SKIP() << "no shared reference data (set TINYFOG_SHARED)";
  CompareSuite(*shared + "/opsuite", GetParam());
}

INSTANTIATE_TEST_SUITE_P(Targets, Opsuite, testing::ValuesIn(VariantNames()), [](const auto& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tinyfog::compile
