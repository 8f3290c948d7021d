#pragma once

#include <string>

#include "tinyfog/host/error.h"
#include "tinyfog/rpc/options.h"

namespace tinyfog::rpc {

/// Checks ranges, that there is a listener, that `listen` is "address:port" or "[v6 address]:port",
/// that the socket's path is absolute and short enough, and that nothing beyond loopback is served
/// in plain text unless that is wanted. Errors: kInvalidArgument, kFailedPrecondition.
Outcome<void> CheckOptions(const RpcOptions& options);

/// Makes room for a unix socket: removes a stale one. Errors: kAlreadyExists (a process listens on
/// it, or it is no socket), kPermissionDenied, kInternal.
Outcome<void> RemoveStaleSocket(const std::filesystem::path& path);

}  // namespace tinyfog::rpc
