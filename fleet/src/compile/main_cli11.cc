#include <CLI/CLI.hpp>
#include <cstdio>

#include "report.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/tflite/schema_generated.h"

namespace {

using tinyfog::Outcome;

struct Arguments {
  std::string input, output, target = "portable", json;
  bool report = false;
  bool no_names = false;
  bool no_passes = false;
};

Outcome<void> Run(const Arguments& arguments) {
  TINYFOG_TRY_ASSIGN(const auto bytes, tinyfog::ReadFile(arguments.input));
  TINYFOG_TRY_ASSIGN(const auto model, tinyfog::tflite::Parse(bytes));
  TINYFOG_TRY_ASSIGN(const auto graph, tinyfog::graph::FromTflite(*model));
  tinyfog::compile::Options options;
  options.target = *tinyfog::compile::TargetNamed(arguments.target);
  options.names = !arguments.no_names;
  options.optimise = !arguments.no_passes;
  TINYFOG_TRY_ASSIGN(const auto compiled, tinyfog::compile::Compile(graph, options));
  if (!arguments.output.empty()) {
    TINYFOG_TRY(tinyfog::WriteFileAtomically(arguments.output, compiled.tfm));
  }
  if (!arguments.json.empty()) {
    const std::string json = tinyfog::compile::ReportJson(compiled);
    TINYFOG_TRY(tinyfog::WriteFileAtomically(
        arguments.json, {reinterpret_cast<const std::uint8_t*>(json.data()), json.size()}));
  }
  if (arguments.report) {
    std::fputs(tinyfog::compile::ReportText(compiled, {}).c_str(), stdout);
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Compiles a TensorFlow Lite model to a .tfm file for the Tinyfog runtime.");
  Arguments arguments;
  app.add_option("model", arguments.input, "the .tflite file")->required();
  app.add_option("-o,--output", arguments.output, "write the .tfm file here");
  app.add_option("--target", arguments.target, "whose kernels will run it")
      ->check(CLI::IsMember(tinyfog::compile::TargetNames()))
      ->capture_default_str();
  app.add_flag("--report", arguments.report, "print what each step costs");
  app.add_option("--report-json", arguments.json, "write the report here as JSON");
  app.add_flag("--no-names", arguments.no_names, "leave the names of inputs and outputs out");
  app.add_flag("--no-passes", arguments.no_passes, "one step for each operator of the file");
  CLI11_PARSE(app, argc, argv);
  const auto done = Run(arguments);
  if (done.ok()) return 0;
  std::fprintf(stderr, "tinyfog-compile: %s: %s\n", arguments.input.c_str(),
               done.error().message.c_str());
  return 1;
}
