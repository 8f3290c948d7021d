#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "tinyfog/host/error.h"
#include "tinyfog/inference/request.h"

namespace tinyfog::rpc {

/// What an Open Inference Protocol request asks for.
struct InferCallSpec {
  /// Without client, cancel and done.
  inference::Request request;
  /// Beside request.outputs: how many classes to answer instead of the tensor, 0: the tensor
  /// itself. Empty when no output is to be classified.
  std::vector<std::uint32_t> classes;
};

/// "": 0 (the newest); otherwise a positive decimal number. Errors: kInvalidArgument.
Outcome<std::int64_t> ParseModelVersion(const std::string& text);

/// Reads a request. The parameter `timeout` (microseconds) becomes a deadline counted from `now`.
/// Names, shapes and sizes are left to inference::Server::Submit, which knows the model. Errors:
/// kInvalidArgument; kUnimplemented for shared memory.
Outcome<InferCallSpec> ReadInferRequest(const ::inference::ModelInferRequest& message,
                                        inference::SteadyTime now);

}  // namespace tinyfog::rpc
