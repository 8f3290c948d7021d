#pragma once

namespace tinyfog::rpc {

/// gRPC's own log lines go through the log of this process from now on: its errors as warnings, as
/// most of them are about peers, and a few per minute at most, as anybody who reaches a port can
/// cause them; the rest, which GRPC_VERBOSITY=INFO or DEBUG asks for, as debug lines. Idempotent.
void RouteGrpcLog();

}  // namespace tinyfog::rpc
