#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "flash_copies.h"
#include "node_loop.h"
#include "supervisor.h"

// tinyfog-node: a node, or many, as a Linux process.
namespace tinyfog::board {
namespace {

struct Arguments {
  std::string flash;
  std::string folder;
  int nodes = 0;
  int watchdog_ms = 4000;
  HostNodeOptions node;
};

void AddOptions(CLI::App& app, Arguments& arguments) {
  HostNodeOptions& node = arguments.node;
  app.add_option("--flash", arguments.flash, "The node's flash, as deploy/provision makes it")
      ->required();
  app.add_option("--nodes", arguments.nodes, "So many nodes, each with a copy of the flash")
      ->check(CLI::Range(1, 10000))
      ->needs(app.add_option("--folder", arguments.folder, "Where the copies are, or are made"));
  app.add_option("--broker", node.broker, "ADDRESS:PORT instead of the provisioned one");
  app.add_option("--hardware", node.hardware, "As firmware images name it")->capture_default_str();
  app.add_option("--target", node.target, "What its models are compiled for")
      ->check(CLI::IsMember({"portable", "cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"}))
      ->capture_default_str();
  app.add_option("--arena", node.arena_bytes, "Bytes of memory for models")
      ->check(CLI::Range(16, 256 << 20))
      ->capture_default_str();
  app.add_option("--offload-model", node.offload_model,
                 "Model of the gateway for windows that no own model takes");
  app.add_option("--offload-qos", node.qos)->check(CLI::Range(0, 1))->capture_default_str();
  app.add_option("--sample-interval", node.sample_interval_ms, "Milliseconds between windows")
      ->check(CLI::Range(1, 86400000))
      ->capture_default_str();
  app.add_option("--telemetry-interval", node.telemetry_interval_s, "Seconds")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  app.add_option("--confirm-within", node.confirm_ms,
                 "Milliseconds in which new firmware must reach the broker")
      ->check(CLI::Range(1, 3600000))
      ->capture_default_str();
  app.add_option("--scene", node.scene_ms, "Milliseconds between changes of the motor's state")
      ->check(CLI::Range(1, 86400000))
      ->capture_default_str();
  app.add_option("--watchdog", arguments.watchdog_ms, "Milliseconds after which it resets a node")
      ->check(CLI::Range(100, 600000))
      ->capture_default_str();
  app.add_flag("--verbose", node.is_verbose, "Print every result");
}

int Fail(const std::string& why) {
  std::fprintf(stderr, "tinyfog-node: %s\n", why.c_str());
  return 1;
}

int Main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app(
      "A node, or many, as a Linux process: the agent that boards run, with its flash in a "
      "file and a synthetic motor as its sensor.");
  Arguments arguments;
  AddOptions(app, arguments);
  CLI11_PARSE(app, argc, argv);
  std::vector<std::string> flashes = {arguments.flash};
  if (arguments.nodes > 0) {
    const auto copies = CopyFlash(arguments.flash, arguments.folder, arguments.nodes);
    if (!copies.ok()) return Fail(copies.error());
    flashes = *copies;
    arguments.node.is_quiet = !arguments.node.is_verbose;
  }
  return Supervise(arguments.watchdog_ms, [&](const StartReason& why, auto& heartbeat) {
    arguments.node.heartbeat = &heartbeat;
    const auto run = RunNodes(flashes, arguments.node, why, arguments.watchdog_ms / 4);
    return run.ok() ? 0 : Fail(run.error());
  });
}

}  // namespace
}  // namespace tinyfog::board

int main(int argc, char** argv) { return tinyfog::board::Main(argc, argv); }
