#pragma once

#include <memory>

#include "engine.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::inference {

/// Runs a plan without a detour, in memory of its own. Errors: kFailedPrecondition when the plan
/// has other inputs or outputs than the signature.
Outcome<std::unique_ptr<Network>> MakePlanNetwork(std::shared_ptr<const plan::Plan> plan,
                                                  const Signature& signature);

}  // namespace tinyfog::inference
