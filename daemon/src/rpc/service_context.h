#pragma once

#include "call_metrics.h"
#include "live_calls.h"
#include "management_thread.h"
#include "tinyfog/rpc/options.h"
#include "tinyfog/rpc/server.h"

namespace tinyfog::rpc {

/// What the services share; lives as long as the Server.
struct ServiceContext {
  ServiceContext(const RpcOptions& o, Backing b)
      : options(o), backing(std::move(b)), metrics(backing.metrics) {}

  const RpcOptions options;
  const Backing backing;
  CallMetrics metrics;
  LiveCalls calls;
  ManagementThread management;
};

}  // namespace tinyfog::rpc
