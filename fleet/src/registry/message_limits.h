#pragma once

#include "tinyfog/host/error.h"
#include "tinyfog/v1/node.pb.h"

namespace tinyfog::registry {

/// Whether a message keeps what tinyfog/v1/node.proto promises of its sizes and numbers; unknown
/// fields are taken out. Errors: kInvalidArgument with the field.
Outcome<void> CheckAndClean(v1::NodeState& state);
Outcome<void> CheckAndClean(v1::OtaReport& report);

}  // namespace tinyfog::registry
