#include "runner_for_test.h"

#include <algorithm>
#include <filesystem>

#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/nn/all_operators.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::compile {

AlignedBytes::AlignedBytes(std::span<const std::uint8_t> bytes) : AlignedBytes(bytes.size()) {
  std::copy(bytes.begin(), bytes.end(), span().begin());
}

Runner::Runner(graph::Graph graph, Compiled compiled)
    : graph_(std::move(graph)),
      compiled_(std::move(compiled)),
      file_(compiled_.tfm),
      arena_(compiled_.arena_bytes) {}

Outcome<std::unique_ptr<Runner>> Runner::FromTflite(const std::string& path,
                                                    const Options& options) {
  TINYFOG_TRY_ASSIGN(const auto bytes, ReadFile(path));
  TINYFOG_TRY_ASSIGN(const auto model, tflite::Parse(bytes));
  TINYFOG_TRY_ASSIGN(graph::Graph graph, graph::FromTflite(*model));
  TINYFOG_TRY_ASSIGN(Compiled compiled, Compile(graph, options));
  std::unique_ptr<Runner> runner(new Runner(std::move(graph), std::move(compiled)));
  const auto opened = nn::Model::Open(runner->file_.span(), nn::AllOperators(), options.target);
  if (!opened.ok()) return Error{opened.error(), "the compiled model does not open"};
  auto interpreter = nn::Interpreter::Create(*opened, runner->arena_.span());
  if (!interpreter.ok()) return Error{interpreter.error(), "the interpreter refuses the arena"};
  runner->interpreter_.emplace(*interpreter);
  return runner;
}

std::optional<std::string> SharedFolder() {
  const char* variable = std::getenv("TINYFOG_SHARED");
  const std::string folder =
      variable != nullptr ? variable : std::string(TINYFOG_SOURCE_DIR) + "/../shared";
  if (!std::filesystem::exists(folder)) return std::nullopt;
  return folder;
}

}  // namespace tinyfog::compile
