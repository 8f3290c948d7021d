#pragma once

#include <string>
#include <vector>

#include "tinyfog/artifact/store.h"

namespace tinyfog::artifact {

/// Those that `reference` may mean (Store::Find). Errors: kInvalidArgument: it is no reference;
/// kNotFound.
Outcome<std::vector<ArtifactPtr>> Matching(const std::vector<ArtifactPtr>& artifacts,
                                           const std::string& reference);

/// The only one. Errors: kInvalidArgument names the others.
Outcome<ArtifactPtr> Only(const std::vector<ArtifactPtr>& matching, const std::string& reference);

/// Whether it is for this hardware and target.
bool IsFor(const Artifact& artifact, const NodeFit& node);

}  // namespace tinyfog::artifact
