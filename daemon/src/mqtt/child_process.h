#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::mqtt_gateway {

struct Child {
  pid_t pid = 0;
  int log = -1;  ///< read end of its stderr; the caller closes it
};

/// Runs `program` with `arguments`, where "@config" stands for a file descriptor path that holds
/// `config` (no file on disk: nothing to clean up, to protect, or to fail on a full disk). The
/// child has a process group of its own, so that Ctrl-C reaches only us, and is killed when the
/// calling thread ends. Where we are root the child becomes `user` before it runs. Errors:
/// kUnavailable.
Outcome<Child> StartChild(const std::filesystem::path& program,
                          const std::vector<std::string>& arguments, const std::string& config,
                          const std::string& user);

/// A TCP port on 127.0.0.1: `wanted` if it is free and not 0, else any. Errors: kUnavailable.
Outcome<std::uint16_t> FreePort(std::uint16_t wanted);

/// Whether something accepts connections on 127.0.0.1:`port`.
bool Accepts(std::uint16_t port);

}  // namespace tinyfog::mqtt_gateway
