#pragma once

#include <grpcpp/support/status.h>

#include "tinyfog/host/error.h"

namespace tinyfog::rpc {

/// OK, or the error's code and message, cut where HTTP/2 trailers would not carry it.
grpc::Status ToGrpc(const Outcome<void>& outcome);

}  // namespace tinyfog::rpc
