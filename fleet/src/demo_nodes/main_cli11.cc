#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "node.h"
#include "show.h"
#include "tinyfog/term/terminal.h"

namespace tinyfog::demo {
namespace {

volatile std::sig_atomic_t stop_asked = 0;

int RunNode(NodeOptions options, const std::string& scenario) {
  const auto parsed = ParseScenario(scenario);
  auto model = ReadMotorModel(options.model_file);
  if (!parsed.ok() || !model.ok()) {
    std::cerr << "tinyfog-demo: " << (parsed.ok() ? model.error() : parsed.error()).message << "\n";
    return 2;
  }
  options.scenario = *parsed;
  bool reader_gone = false;
  auto node = Node::Create(std::move(options), *model, [&](const Reading& reading) {
    if (!term::WriteAll(STDOUT_FILENO, WriteReading(reading) + "\n")) reader_gone = true;
  });
  if (!node.ok()) {
    std::cerr << "tinyfog-demo: " << node.error().message << "\n";
    return 2;
  }
  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked = 1; };
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  (*node)->Run([&] { return stop_asked != 0 || reader_gone; });
  return 0;
}

int RunShow(ShowOptions options) {
  if (options.check && options.answers == 0) options.answers = 200;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return Show(options);
}

// Options that both subcommands have.
template <class Options>
void AddCommon(CLI::App& app, Options& options) {
  app.add_option("--broker", options.broker, "MQTT broker, mqtt://host:port")->required();
  app.add_option("--site", options.site, "Site in the topics (default: default)");
  app.add_option("--model", options.model, "Model to ask (default: motor)");
  app.add_option("--model-file", options.model_file, "The model's .tflite, for its scales")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--seed", options.seed, "Seed of the vibration (default: 1)");
  app.add_option("--rate", options.rate, "Windows per second and node (default: 10)")
      ->check(CLI::Range(0.01, 10'000.0));
}

int Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Demo sensor nodes on simulated motors.", "tinyfog-demo");
  app.require_subcommand(1);

  NodeOptions node;
  std::string scenario = "healthy";
  int patience_ms = 5000;
  auto* run = app.add_subcommand("node", "One node; a JSON line for each answer");
  AddCommon(*run, node);
  run->add_option("--id", node.id, "Node and client id (default: motor-1)");
  run->add_option("--scenario", scenario, "healthy, bearing or troubled (default: healthy)");
  run->add_option("--count", node.count, "Windows to send (default: until stopped)");
  run->add_option("--patience", patience_ms, "Milliseconds until an answer is lost (default: 5000)")
      ->check(CLI::Range(1, 600'000));

  ShowOptions show;
  int limit = 120;
  auto* stage = app.add_subcommand("show", "Start nodes and show their answers");
  AddCommon(*stage, show);
  stage->add_option("--nodes", show.nodes, "How many (default: 3)")->check(CLI::Range(1, 1000));
  stage->add_flag("--check", show.check, "No table; succeed only if the answers are right");
  stage->add_option("--answers", show.answers, "Stop after N answers (with --check: 200)");
  stage->add_option("--limit", limit, "Seconds a check may take (default: 120)")
      ->check(CLI::Range(1, 86'400));
  stage->add_flag("--no-color", show.no_color, "No colours");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  node.patience = std::chrono::milliseconds(patience_ms);
  show.limit = std::chrono::seconds(limit);
  return run->parsed() ? RunNode(node, scenario) : RunShow(show);
}

}  // namespace
}  // namespace tinyfog::demo

int main(int argc, char** argv) { return tinyfog::demo::Main(argc, argv); }
