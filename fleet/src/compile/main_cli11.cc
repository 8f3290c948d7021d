#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "report.h"
#include "svg.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/compile/emit_cpp.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/tflite/schema_generated.h"
#include "verify.h"

namespace {

using tinyfog::Outcome;

struct Arguments {
  std::string input, output, target = "portable", report, svg, emit = "tfm";
  std::uint32_t verify = 0;
  std::uint32_t slack = tinyfog::compile::Options{}.arena_slack_percent;
  bool no_names = false;
  bool no_passes = false;
};

Outcome<void> WriteText(const std::filesystem::path& path, const std::string& text) {
  return tinyfog::WriteFileAtomically(
      path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Outcome<void> Write(const Arguments& arguments, const std::vector<std::uint8_t>& tfm) {
  std::filesystem::path path = arguments.output;
  if (arguments.emit == "tfm") return tinyfog::WriteFileAtomically(path, tfm);
  const std::string name = path.stem();
  if (arguments.emit == "operators") {
    TINYFOG_TRY_ASSIGN(const std::string text, tinyfog::compile::EmitOperators(tfm, name));
    return WriteText(path, text);
  }
  TINYFOG_TRY_ASSIGN(const auto code, tinyfog::compile::EmitCpp(tfm, name));
  TINYFOG_TRY(WriteText(path.replace_extension(".h"), code.header));
  return WriteText(path.replace_extension(".cc"), code.source);
}

Outcome<void> Run(const Arguments& arguments) {
  TINYFOG_TRY_ASSIGN(const auto bytes, tinyfog::ReadFile(arguments.input));
  TINYFOG_TRY_ASSIGN(const auto model, tinyfog::tflite::Parse(bytes));
  TINYFOG_TRY_ASSIGN(const auto graph, tinyfog::graph::FromTflite(*model));
  tinyfog::compile::Options options;
  options.target = *tinyfog::compile::TargetNamed(arguments.target);
  options.arena_slack_percent = arguments.slack;
  options.names = !arguments.no_names;
  options.optimise = !arguments.no_passes;
  TINYFOG_TRY_ASSIGN(const auto compiled, tinyfog::compile::Compile(graph, options));
  if (!arguments.output.empty()) TINYFOG_TRY(Write(arguments, compiled.tfm));
  if (!arguments.svg.empty()) {
    TINYFOG_TRY(WriteText(arguments.svg, tinyfog::compile::ArenaSvg(compiled)));
  }
  if (arguments.report == "json") {
    std::fputs(tinyfog::compile::ReportJson(compiled).c_str(), stdout);
  } else if (!arguments.report.empty()) {
    std::fputs(tinyfog::compile::ReportText(compiled, {}).c_str(), stdout);
  }
  if (arguments.verify > 0) {
    TINYFOG_TRY_ASSIGN(const auto outputs, tinyfog::compile::CompareWithCpuRef(
                                               bytes, compiled, options.target, arguments.verify));
    std::fputs(tinyfog::compile::ComparisonText(outputs, arguments.verify).c_str(), stdout);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compiles a TensorFlow Lite model to a .tfm file for the Tinyfog runtime.");
  Arguments arguments;
  app.add_option("model", arguments.input, "the .tflite file")->required();
  app.add_option("-o,--output", arguments.output, "write what --emit says here");
  app.add_option("--emit", arguments.emit,
                 "tfm: a file for the interpreter; cpp: ahead-of-time code, NAME.h and NAME.cc; "
                 "operators: a header with the operator table that this model needs")
      ->check(CLI::IsMember({"tfm", "cpp", "operators"}))
      ->capture_default_str();
  app.add_option("--target", arguments.target, "whose kernels will run it")
      ->check(CLI::IsMember(tinyfog::compile::TargetNames()))
      ->capture_default_str();
  app.add_option("--verify", arguments.verify,
                 "run this many seeded inputs through the compiled model and through Arm NN's "
                 "CpuRef, and say how "
                 "far the outputs differ (integers: 1 step is expected, CpuRef computes in float)");
  app.add_flag("--report{table}", arguments.report,
               "print what each step costs; --report=json: as JSON")
      ->check(CLI::IsMember({"table", "json"}));
  app.add_option("--svg", arguments.svg, "write a picture of the arena over the steps here");
  app.add_option("--arena-slack", arguments.slack,
                 "how many percent larger than the smallest plan the arena may be for speed")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.add_flag("--no-names", arguments.no_names, "leave the names of inputs and outputs out");
  app.add_flag("--no-passes", arguments.no_passes, "one step for each operator of the file");
  CLI11_PARSE(app, argc, argv);
  const auto done = Run(arguments);
  if (done.ok()) return 0;
  std::fprintf(stderr, "tinyfog-compile: %s: %s\n", arguments.input.c_str(),
               done.error().message.c_str());
  return 1;
}
