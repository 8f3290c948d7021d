#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner_for_test.h"

namespace tinyfog::compile {

/// A case of an operator suite: tests/golden, or the larger one of the shared reference data.
struct OpsuiteCase {
  struct Output {
    std::optional<std::uint32_t> crc;  // of integer outputs
    std::vector<double> values;        // of float outputs
    bool is_float = false;
  };
  struct Seed {
    std::uint32_t seed = 0;
    std::vector<Output> outputs;
  };

  std::string name;
  std::string path;                      // of the .tflite file
  std::vector<std::string> input_rules;  // how each input is filled
  std::uint32_t invokes = 1;             // runs for one seed
  double tolerance = 0;                  // of float outputs
  std::vector<Seed> seeds;               // empty: nobody has a valid answer
};

/// The folder of the project's own suite.
std::string GoldenFolder();
/// `folder` has expected.json and the models.
std::vector<OpsuiteCase> LoadOpsuite(const std::string& folder);

/// Fills an input by the suite's rule for it.
void FillInput(std::span<std::uint8_t> bytes, const std::string& rule, InputBytes& source);

/// Why an output differs; empty if it does not.
std::string Difference(std::span<const std::uint8_t> got, const OpsuiteCase::Output& expected,
                       double tolerance);

}  // namespace tinyfog::compile
