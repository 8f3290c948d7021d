#include <malloc.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "command_line.h"
#include "daemon.h"
#include "notifier.h"
#include "tinyfog/config/config.h"
#include "tinyfog/inference/probe.h"
#include "tinyfog/log/log.h"

namespace tinyfog::app {
namespace {

int Complain(int code, const std::string& text) {
  std::fprintf(stderr, "tinyfogd: %s\n", text.c_str());
  return code;
}

int CheckConfig(const CommandLine& line, const config::Config& config) {
  const auto problems = config::CheckFiles(config::Resolve(config));
  for (const std::string& problem : problems) Complain(kExitConfig, problem);
  if (!problems.empty()) return kExitConfig;
  const std::string name = line.config.empty() ? "the default configuration" : line.config.string();
  std::printf("tinyfogd: %s is valid\n", name.c_str());
  return kExitOk;
}

int PrintConfig(const config::Config& config) {
  config::Config resolved = config::Resolve(config);
  resolved.grpc_socket = resolved.grpc.unix_socket.string();
  std::fputs(config::Print(resolved).c_str(), stdout);
  return kExitOk;
}

int Serve(const CommandLine& line, config::Config config,
          std::chrono::steady_clock::time_point started) {
  const Notifier notifier;
  // Checked by the configuration.
  (void)log::SetLevel(config.log.level);
  (void)log::SetFormat(config.log.format);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at the size limit is a write error like a full disk
  Daemon daemon({std::move(config), line.config, line.data, started}, notifier);
  const auto up = daemon.Start();
  if (!up.ok()) {
    log::Error("cannot start", {{"reason", up.error().message}});
    notifier.Status("cannot start: " + up.error().message);
    return kExitFailure;
  }
  daemon.Run();
  return kExitOk;
}

int Main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], inference::kProbeArgument) == 0) {
    return inference::ProbeMain(argc, argv);
  }
  const auto started = std::chrono::steady_clock::now();
  const auto line = ParseCommandLine(argc, argv);
  if (!line.ok()) return Complain(kExitUsage, line.error().message);
  using Action = CommandLine::Action;
  if (line->action == Action::kHelp) return std::fputs(Usage().c_str(), stdout), kExitOk;
  if (line->action == Action::kVersion) return std::puts("tinyfogd " TINYFOG_VERSION), kExitOk;

  config::Config config;
  if (!line->config.empty()) {
    auto loaded = config::Load(line->config);
    if (!loaded.ok()) {
      std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
      return kExitConfig;
    }
    config = std::move(loaded).value();
  }
  if (!line->data.empty()) config.data = line->data;
  if (line->action == Action::kCheckConfig) return CheckConfig(*line, config);
  if (line->action == Action::kPrintConfig) return PrintConfig(config);
  return Serve(*line, std::move(config), started);
}

}  // namespace
}  // namespace tinyfog::app

int main(int argc, char** argv) {
  // Each thread of a pool would otherwise keep a heap of its own.
  mallopt(M_ARENA_MAX, 4);
  try {
    return tinyfog::app::Main(argc, argv);
  } catch (const std::exception& e) {
    return tinyfog::app::Complain(tinyfog::app::kExitFailure, e.what());
  }
}
