#pragma once

#include <filesystem>
#include <string>

#include "tinyfog/host/error.h"

namespace tinyfog::app {

/// What the process tells whoever started it; docs/operations.md lists them.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,  ///< could not start or went wrong; a restart may help
  kExitUsage = 2,    ///< wrong command line
  kExitConfig = 78,  ///< wrong configuration (EX_CONFIG); a restart cannot help
};

struct CommandLine {
  enum class Action : unsigned char { kRun, kCheckConfig, kPrintConfig, kVersion, kHelp };
  Action action = Action::kRun;
  std::filesystem::path config;  ///< empty: defaults
  std::filesystem::path data;    ///< empty: what the configuration says
};

/// Errors: kInvalidArgument, with the argument and a hint at --help.
Outcome<CommandLine> ParseCommandLine(int argc, char* const* argv);

/// The text of --help.
std::string Usage();

}  // namespace tinyfog::app
