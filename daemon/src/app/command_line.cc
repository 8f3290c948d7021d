#include "command_line.h"

#include <string_view>

namespace tinyfog::app {
namespace {

Error Hint(const std::string& text) { return InvalidArgument(text + "; see tinyfogd --help"); }

/// The value of "--name VALUE" or "--name=VALUE" at `index`, which moves past what it used.
Outcome<std::string> ValueOf(std::string_view name, int argc, char* const* argv, int& index) {
  const std::string_view argument = argv[index];
  if (argument.size() > name.size()) {
    return std::string(argument.substr(name.size() + 1));
  }
  if (++index == argc) return Hint(std::string(name) + " needs a value");
  return std::string(argv[index]);
}

bool Names(std::string_view argument, std::string_view name) {
  return argument == name || (argument.starts_with(name) && argument.size() > name.size() &&
                              argument[name.size()] == '=');
}

}  // namespace

Outcome<CommandLine> ParseCommandLine(int argc, char* const* argv) {
  using Action = CommandLine::Action;
  CommandLine line;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "-h" || argument == "--help") {
      line.action = Action::kHelp;
    } else if (argument == "-V" || argument == "--version") {
      line.action = Action::kVersion;
    } else if (argument == "--check-config") {
      line.action = Action::kCheckConfig;
    } else if (argument == "--print-config") {
      line.action = Action::kPrintConfig;
    } else if (Names(argument, "--config")) {
      TINYFOG_TRY_ASSIGN(line.config, ValueOf("--config", argc, argv, i));
      if (line.config.empty()) return Hint("--config needs a file");
    } else if (Names(argument, "--data")) {
      TINYFOG_TRY_ASSIGN(line.data, ValueOf("--data", argc, argv, i));
      if (line.data.empty()) return Hint("--data needs a folder");
    } else {
      return Hint("unknown argument '" + std::string(argument) + "'");
    }
  }
  return line;
}

std::string Usage() {
  return R"(usage: tinyfogd [--config FILE] [--data FOLDER] [--check-config | --print-config]

The Tinyfog gateway daemon: Arm NN inference for MQTT nodes and gRPC clients. Without a configuration it
serves on loopback only, with a private mosquitto, and prints where.

  --config FILE     TOML; the commented example is /etc/tinyfog/tinyfogd.toml (deploy/tinyfogd.toml)
  --data FOLDER     instead of the configuration's data folder
  --check-config    check the configuration and the files it names, then exit: 0, or 78 with every problem
  --print-config    print the configuration in force, defaults included, then exit
  --version         print the version, then exit

Signals: TERM and INT stop gracefully, a second one at once; HUP reloads the configuration.
Exit codes: 0 stopped as asked, 1 failed, 2 wrong command line, 78 wrong configuration.
)";
}

}  // namespace tinyfog::app
