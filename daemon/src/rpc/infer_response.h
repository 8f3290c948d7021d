#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "tinyfog/host/error.h"
#include "tinyfog/inference/server.h"

namespace tinyfog::rpc {

/// Writes a successful `response` into `message`, outputs raw. `classes` is InferCallSpec::classes;
/// labels and batching of the model are asked of `server` only where an output is classified.
/// Errors: kInvalidArgument (an output that cannot be classified), those of Server::Describe.
Outcome<void> WriteInferResponse(const std::string& id, const inference::Response& response,
                                 const std::vector<std::uint32_t>& classes,
                                 const inference::Server& server,
                                 ::inference::ModelInferResponse& message);

}  // namespace tinyfog::rpc
