#pragma once

#include <string>

#include "tinyfog/distribute/distributor.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/registry/registry.h"

namespace tinyfog::fleet {

/// The fleet's metrics (docs/metrics.md). The loop's thread but for `dropped`.
class FleetMetrics {
 public:
  explicit FleetMetrics(metrics::Registry& registry);

  void Message(const std::string& kind);
  void Refused(const std::string& reason);
  /// An update has ended: `reason` is empty, or why it was refused.
  void Update(v1::ArtifactKind kind, const std::string& outcome, const std::string& reason);
  void Nodes(const registry::Registry& nodes);
  void Distribution(const distribute::Stats& stats);

  metrics::Gauge& connected;
  metrics::Counter& dropped;  ///< messages that came faster than they could be taken
  metrics::Counter& registry_failures;

 private:
  metrics::Registry& registry_;
  metrics::Counter& chunks_;
  metrics::Counter& bytes_;
  metrics::Counter& repairs_;
  metrics::Gauge& waiting_;
  metrics::Gauge& in_flight_;
  distribute::Stats told_;
};

}  // namespace tinyfog::fleet
