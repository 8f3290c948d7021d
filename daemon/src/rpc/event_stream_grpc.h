#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "service_context.h"
#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::rpc {

/// Answers one WatchEvents call until the client leaves or the gateway stops. `place` is released
/// when the call is over.
grpc::ServerWriteReactor<v1::Event>* StartEventStream(ServiceContext& context,
                                                      const v1::WatchEventsRequest& request,
                                                      std::shared_ptr<void> place);

}  // namespace tinyfog::rpc
