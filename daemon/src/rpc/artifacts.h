#pragma once

#include <string>

#include "tinyfog/artifact/store.h"
#include "tinyfog/events/event_bus.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/rpc/server.h"
#include "tinyfog/v1/artifacts.pb.h"

namespace tinyfog::rpc {

/// The artifact store as the service changes it: every change shows in metrics, events and log. Any
/// thread; changes and checks block.
class Artifacts {
 public:
  Artifacts(ArtifactBacking backing, metrics::Registry& metrics, events::EventBus& events);

  artifact::Store& store() { return *backing_.store; }
  Outcome<artifact::Store::Added> Add(std::span<const std::uint8_t> file);
  /// Errors: those of Store::Find and Store::Remove; kFailedPrecondition: nodes are to have it.
  Outcome<artifact::ArtifactPtr> Remove(const std::string& reference);
  /// `outcome`: stored, unchanged, refused, disk_full, busy, interrupted, failed.
  void PushDone(const std::string& outcome);

 private:
  void Count();
  void Tell(const artifact::Artifact& artifact, const char* state);

  const ArtifactBacking backing_;
  metrics::Registry& metrics_;
  events::EventBus& events_;
};

v1::ArtifactInfo ToMessage(const artifact::Artifact& artifact);

}  // namespace tinyfog::rpc
