#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "service_context.h"
#include "tinyfog/rpc/model_store.h"
#include "tinyfog/v1/models.pb.h"

namespace tinyfog::rpc {

/// Answers one PushModel call on a thread of its own. `place` is released when the call is over.
grpc::ServerBidiReactor<v1::PushModelRequest, v1::PushModelProgress>* StartPushStream(
    const grpc::CallbackServerContext& call, ServiceContext& context, ModelStore& store,
    std::shared_ptr<void> place);

}  // namespace tinyfog::rpc
