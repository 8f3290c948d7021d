#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tinyfog::board {

/// What board-run printed for a batch, and the outputs' bytes.
struct BatchResult {
  int exit_code = -1;
  std::string text;
  std::vector<std::uint8_t> outputs;  // of all cases and runs, in order
};

/// Compiled models with inputs for the image board-run (firmware/README.md).
class Batch {
 public:
  struct Case {
    std::span<const std::uint8_t> tfm;
    std::span<const std::uint8_t> inputs;  // of all runs
    std::uint32_t runs = 1;
    std::uint32_t runs_per_reset = 1;
    bool steps = false;  // also the tensors alive behind each step
  };
  /// The case's number.
  int Add(const Case& one);
  /// Runs everything on the emulated board of "cortex-m4", ...
  BatchResult Run(const std::string& core) const;

 private:
  void Append(std::span<const std::uint8_t> bytes);
  std::string file_;
  int count_ = 0;
};

/// Whether this build has made the boards' images.
bool HasBoards();

}  // namespace tinyfog::board

#define TINYFOG_SKIP_WITHOUT_BOARDS() \
  if (!::tinyfog::board::HasBoards()) \
  GTEST_SKIP() << "no images of the boards: deploy/setup --firmware installs the tools"
