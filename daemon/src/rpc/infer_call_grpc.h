#pragma once

#include <grpcpp/grpcpp.h>

#include "inference/grpc_service.pb.h"
#include "service_context.h"

namespace tinyfog::rpc {

/// Answers one ModelInfer call. The reactor keeps itself alive until gRPC and the inference server
/// are both done with it.
grpc::ServerUnaryReactor* StartInferCall(ServiceContext& context, grpc::CallbackServerContext* call,
                                         const ::inference::ModelInferRequest& request,
                                         ::inference::ModelInferResponse& response);

/// Answers one ModelStreamInfer call.
grpc::ServerBidiReactor<::inference::ModelInferRequest, ::inference::ModelStreamInferResponse>*
StartInferStream(ServiceContext& context, grpc::CallbackServerContext* call);

/// The time left to the RPC as a point on the steady clock; nothing when the client set no
/// deadline.
std::optional<inference::SteadyTime> CallDeadline(const grpc::CallbackServerContext& call);

}  // namespace tinyfog::rpc
