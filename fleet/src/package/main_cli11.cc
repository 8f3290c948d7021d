#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "description.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/firmware_image/signature.h"
#include "tinyfog/graph/from_tflite.h"
#include "tinyfog/host/file.h"
#include "tinyfog/term/terminal.h"
#include "tinyfog/tflite/schema_generated.h"

namespace {

using namespace tinyfog::package;  // NOLINT: this file is the library's command line
using tinyfog::Outcome;
using Buffer = std::vector<std::uint8_t>;

struct Options {
  std::filesystem::path input, output, key;
  std::string name, hardware, target;
  std::uint32_t version = 0;
  std::uint32_t counter = 0;
  bool raw = false, no_names = false, json = false;
};

Outcome<Key> ReadKey(const std::filesystem::path& path) {
  TINYFOG_TRY_ASSIGN(const Buffer pem, tinyfog::ReadFile(path, 1 << 16));
  auto key = Key::FromPem(std::string(pem.begin(), pem.end()));
  if (!key.ok()) return InContext(std::move(key).error(), path);
  return key;
}

bool IsCompiled(const Buffer& file) {
  return file.size() >= 4 && std::string(file.begin(), file.begin() + 4) == "TFM1";
}

Outcome<Buffer> Compiled(const Options& options, const Buffer& tflite) {
  if (options.target.empty()) {
    return tinyfog::InvalidArgument(
        "say with --target for which nodes this model is to be compiled, e.g. cortex-m4");
  }
  TINYFOG_TRY_ASSIGN(const auto model, tinyfog::tflite::Parse(tflite));
  TINYFOG_TRY_ASSIGN(const auto graph, tinyfog::graph::FromTflite(*model));
  tinyfog::compile::Options how;
  how.target = *tinyfog::compile::TargetNamed(options.target);
  how.names = !options.no_names;
  TINYFOG_TRY_ASSIGN(auto compiled, tinyfog::compile::Compile(graph, how));
  return std::move(compiled.tfm);
}

Outcome<Buffer> ReadModel(const Options& options) {
  TINYFOG_TRY_ASSIGN(Buffer file, tinyfog::ReadFile(options.input));
  auto model = IsCompiled(file) ? Outcome<Buffer>(std::move(file)) : Compiled(options, file);
  if (!model.ok()) return InContext(std::move(model).error(), options.input);
  if (!options.target.empty() &&
      (*model)[6] != static_cast<std::uint8_t>(*tinyfog::compile::TargetNamed(options.target))) {
    return tinyfog::InvalidArgument(options.input.string() +
                                    " is compiled for another target than " + options.target);
  }
  return model;
}

Outcome<void> Print(const Options& options, const Buffer& file) {
  TINYFOG_TRY_ASSIGN(const Package package, Read(file));
  const Description description{package, file.size(), tinyfog::firmware_image::Digest(file)};
  const auto style = tinyfog::term::DetectTerminal(STDOUT_FILENO, false).style;
  const std::string text =
      options.json ? DescriptionJson(description) : DescriptionText(description, style);
  std::fputs(text.c_str(), stdout);
  return {};
}

Outcome<void> RunMake(const Options& options) {
  TINYFOG_TRY_ASSIGN(const Key key, ReadKey(options.key));
  TINYFOG_TRY_ASSIGN(const Buffer tfm, ReadModel(options));
  Contents contents;
  contents.name = options.name.empty() ? options.input.stem().string() : options.name;
  contents.version = options.version;
  contents.hardware = options.hardware;
  contents.security_counter = options.counter;
  contents.compress = !options.raw;
  contents.tfm = tfm;
  TINYFOG_TRY_ASSIGN(const Buffer file, Make(contents, key));
  TINYFOG_TRY(tinyfog::WriteFileAtomically(options.output, file));
  return Print(options, file);
}

Outcome<void> Verify(const Options& options, const Buffer& file) {
  TINYFOG_TRY_ASSIGN(const Key key, ReadKey(options.key));
  TINYFOG_TRY_ASSIGN(const Package package, Read(file));
  TINYFOG_TRY(CheckSignature(package.manifest, key));
  TINYFOG_TRY_ASSIGN(const Buffer tfm, Unpack(package));
  return CheckModel(package.manifest, tfm);
}

Outcome<void> RunRead(const Options& options, bool verify) {
  TINYFOG_TRY_ASSIGN(const Buffer file, tinyfog::ReadFile(options.input));
  auto done = verify ? Verify(options, file) : Outcome<void>{};
  if (done.ok()) done = Print(options, file);
  if (!done.ok()) return InContext(std::move(done).error(), options.input);
  return {};
}

int Report(const Outcome<void>& outcome) {
  if (outcome.ok()) return 0;
  std::fprintf(stderr, "tinyfog-package: %s\n", outcome.error().message.c_str());
  return 1;
}

void AddMakeOptions(CLI::App& make, Options& options) {
  make.add_option("MODEL", options.input, ".tflite, or what tinyfog-compile has made of it")
      ->required();
  make.add_option("-o,--output", options.output, "write the package here")->required();
  make.add_option("--version", options.version, "of the model, from 1 on")->required();
  make.add_option("--name", options.name, "of the model; else MODEL's without its ending");
  make.add_option("--target", options.target, "whose kernels will run a .tflite")
      ->check(CLI::IsMember({"portable", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"}));
  make.add_option("--hardware", options.hardware,
                  "id of the hardware that alone may run it; else any");
  make.add_option("--counter", options.counter, "security counter: nodes refuse lower ones later")
      ->capture_default_str();
  make.add_flag("--raw", options.raw, "do not compress");
  make.add_flag("--no-names", options.no_names,
                "leave the names of a .tflite's inputs and outputs out");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Signed model packages for nodes. deploy/provision site FOLDER makes the key: "
      "FOLDER/signing.key signs, "
      "FOLDER/signing.pub verifies.");
  app.require_subcommand(1);
  Options options;
  CLI::App* make = app.add_subcommand("make", "compile, compress and sign a model");
  AddMakeOptions(*make, options);
  CLI::App* verify = app.add_subcommand(
      "verify", "check signature, digest and that the model answers as it did when it was signed");
  CLI::App* show = app.add_subcommand("show", "print what a package says of itself");
  for (CLI::App* command : {make, verify}) {
    command->add_option("--key", options.key, "PEM file")->required();
  }
  for (CLI::App* command : {verify, show}) {
    command->add_option("INPUT", options.input, "the package")->required();
  }
  for (CLI::App* command : {make, verify, show}) {
    command->add_flag("--json", options.json, "print JSON");
  }
  CLI11_PARSE(app, argc, argv);
  return Report(make->parsed() ? RunMake(options) : RunRead(options, verify->parsed()));
}
