#pragma once

#include <string>
#include <utility>

#include "tinyfog/host/error.h"

namespace tinyfog::ctl {

/// The program's exit status; docs/cli.md lists them for users.
enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,       ///< the gateway refused or failed
  kUsage = 2,        ///< the command line
  kUnreachable = 3,  ///< no gateway at the address
  kTimeout = 4,      ///< no answer within --timeout
  kLocal = 5,        ///< a file of the caller's cannot be read or written
};

/// Why a command ends without success: what happened, and what the caller can do about it.
struct Failure {
  ExitCode exit = ExitCode::kFailed;
  Error error;
  std::string hint;
};

using Done = Result<void, Failure>;

inline Failure LocalFailure(Error error) { return {ExitCode::kLocal, std::move(error), ""}; }
inline Failure UsageFailure(std::string message) {
  return {ExitCode::kUsage, InvalidArgument(std::move(message)), ""};
}

}  // namespace tinyfog::ctl
