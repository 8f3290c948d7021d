#pragma once

#include <optional>

#include "tinyfog/artifact/store.h"
#include "tinyfog/host/error.h"
#include "tinyfog/v1/fleet.pb.h"

namespace tinyfog::fleet {

/// What a SetNode request changes in what is desired of a node. An artifact without a digest: no
/// longer.
struct Wish {
  std::optional<v1::Desired::Artifact> model;
  std::optional<v1::Desired::Artifact> firmware;
  std::optional<v1::Desired::Settings> settings;

  void Apply(v1::Desired& desired) const;
};

/// Finds the artifacts and checks that the node could run them, which executes the model: takes up
/// to seconds. Any thread. Errors: as of v1.Fleet.SetNode.
Outcome<Wish> MakeWish(const v1::SetNodeRequest& request, const v1::Node& node,
                       const artifact::Store& store);

}  // namespace tinyfog::fleet
