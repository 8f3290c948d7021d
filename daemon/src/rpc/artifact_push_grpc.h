#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "artifacts.h"
#include "service_context.h"
#include "tinyfog/v1/artifacts.pb.h"

namespace tinyfog::rpc {

/// Answers one PushArtifact call on a thread of its own. `place` is released when the call is over.
grpc::ServerBidiReactor<v1::PushArtifactRequest, v1::PushArtifactProgress>* StartArtifactPush(
    const grpc::CallbackServerContext& call, ServiceContext& context, Artifacts& artifacts,
    std::shared_ptr<void> place);

}  // namespace tinyfog::rpc
