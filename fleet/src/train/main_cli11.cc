#include <CLI/CLI.hpp>
#include <cstdio>

#include "report.h"
#include "tinyfog/host/file.h"
#include "tinyfog/train/motor.h"

namespace {

using tinyfog::train::MotorModel;
using tinyfog::train::MotorOptions;

struct Files {
  std::string int8_file, float_file, report;
};

int Write(const std::string& path, std::span<const std::uint8_t> bytes) {
  if (path.empty()) return 0;
  const auto written = tinyfog::WriteFileAtomically(path, bytes);
  if (written.ok()) return 0;
  std::fprintf(stderr, "tinyfog-train: %s\n", written.error().message.c_str());
  return 1;
}

int Run(const MotorOptions& options, const Files& files) {
  const MotorModel model = TrainMotor(options, [&](const tinyfog::train::Progress& p) {
    std::printf("epoch %d/%d  loss %.4f  accuracy %.2f %%\n", p.epoch, options.training.epochs,
                p.loss, 100 * p.accuracy);
    std::fflush(stdout);
  });
  std::printf("\n%s", tinyfog::train::ReportText(model).c_str());
  const std::string report = tinyfog::train::ReportJson(options, model);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(report.data());
  return Write(files.int8_file, model.int8_file) | Write(files.float_file, model.float_file) |
         Write(files.report, {bytes, report.size()});
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Trains the demo model (motor states from vibration), quantises it to int8 and writes "
      ".tflite files. The same seed and options give the same model.");
  MotorOptions options;
  Files files;
  app.add_option("--seed", options.seed, "of data, weights and order")->capture_default_str();
  app.add_option("--epochs", options.training.epochs, "passes over the data")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--windows", options.windows_per_state, "training windows per motor state")
      ->check(CLI::Range(10, 100000))
      ->capture_default_str();
  app.add_option("--learning-rate", options.training.learning_rate, "at the start")
      ->check(CLI::Range(1e-6, 1.0))
      ->capture_default_str();
  app.add_option("-o,--output", files.int8_file, "write the int8 model here");
  app.add_option("--float-output", files.float_file, "write the float model here");
  app.add_option("--report", files.report, "write accuracies as JSON here");
  CLI11_PARSE(app, argc, argv);
  return Run(options, files);
}
