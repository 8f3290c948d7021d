#pragma once

#include <memory>

#include "engine.h"
#include "tinyfog/plan/plan.h"

namespace tinyfog::inference {

/// Runs a plan without a detour, on the requests' memory where it can; `threads` share the work of
/// an inference's large steps. Errors: kFailedPrecondition when the plan
/// has other inputs or outputs than the signature.
Outcome<std::unique_ptr<Network>> MakePlanNetwork(std::shared_ptr<const plan::Plan> plan,
                                                  const Signature& signature,
                                                  std::uint32_t threads);

}  // namespace tinyfog::inference
