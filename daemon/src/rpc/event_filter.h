#pragma once

#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::rpc {

/// Whether a reader that asked for `request` wants `event`. Events of a kind without a model or
/// node do not match a filter on it.
bool Wanted(const v1::WatchEventsRequest& request, const v1::Event& event);

}  // namespace tinyfog::rpc
