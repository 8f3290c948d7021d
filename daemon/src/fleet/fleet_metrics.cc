#include "fleet_metrics.h"

#include <array>

#include "tinyfog/fleet/node_text.h"

namespace tinyfog::fleet {

FleetMetrics::FleetMetrics(metrics::Registry& registry)
    : connected(registry.GetGauge("tinyfog_fleet_connected",
                                  "1 while the nodes' broker connection is up")),
      dropped(registry.GetCounter("tinyfog_fleet_messages_dropped_total",
                                  "Messages of nodes that came faster than they could be taken")),
      registry_failures(registry.GetCounter("tinyfog_fleet_registry_failures_total",
                                            "Writes of the node registry that failed")),
      registry_(registry),
      chunks_(registry.GetCounter("tinyfog_fleet_chunks_published_total",
                                  "Chunks of artifacts published")),
      bytes_(registry.GetCounter("tinyfog_fleet_chunk_bytes_total", "Their bytes")),
      repairs_(registry.GetCounter("tinyfog_fleet_chunk_repairs_total",
                                   "Chunks published again because nodes had lost them")),
      waiting_(registry.GetGauge("tinyfog_fleet_publications_waiting",
                                 "Desired states and chunks that are to be published")),
      in_flight_(registry.GetGauge("tinyfog_fleet_publications_in_flight",
                                   "Of these, not yet acknowledged by the broker")) {}

void FleetMetrics::Message(const std::string& kind) {
  registry_
      .GetCounter("tinyfog_fleet_messages_total", "Messages of nodes, by kind", {{"kind", kind}})
      .Increment();
}

void FleetMetrics::Refused(const std::string& reason) {
  registry_
      .GetCounter("tinyfog_fleet_messages_refused_total", "Messages of nodes passed over",
                  {{"reason", reason}})
      .Increment();
}

void FleetMetrics::Update(v1::ArtifactKind kind, const std::string& outcome,
                          const std::string& reason) {
  const char* name = kind == v1::ARTIFACT_KIND_FIRMWARE ? "firmware" : "model";
  registry_
      .GetCounter("tinyfog_fleet_updates_total", "Updates of nodes that ended",
                  {{"kind", name}, {"outcome", outcome}, {"reason", reason}})
      .Increment();
}

void FleetMetrics::Nodes(const registry::Registry& nodes) {
  std::array<int, v1::NodeState::Kind_ARRAYSIZE> counts{};
  int unknown = 0;
  for (const v1::Node* node : nodes.List()) {
    const auto kind = node->state().kind();
    const bool here = kind == v1::NodeState::KIND_BORN || kind == v1::NodeState::KIND_READY;
    if (here && !node->connected()) {
      ++unknown;
    } else if (v1::NodeState::Kind_IsValid(kind)) {
      ++counts[static_cast<std::size_t>(kind)];
    }
  }
  const auto set = [&](const char* state, int count) {
    registry_.GetGauge("tinyfog_fleet_nodes", "Known nodes, by state", {{"state", state}})
        .Set(count);
  };
  set("unknown", unknown);
  for (int kind = v1::NodeState::KIND_BORN; kind <= v1::NodeState::KIND_LOST; ++kind) {
    set(StateName(static_cast<v1::NodeState::Kind>(kind)), counts[static_cast<std::size_t>(kind)]);
  }
}

void FleetMetrics::Distribution(const distribute::Stats& stats) {
  chunks_.Increment(static_cast<double>(stats.chunks - told_.chunks));
  bytes_.Increment(static_cast<double>(stats.bytes - told_.bytes));
  repairs_.Increment(static_cast<double>(stats.repairs - told_.repairs));
  waiting_.Set(stats.waiting);
  in_flight_.Set(stats.in_flight);
  told_ = stats;
}

}  // namespace tinyfog::fleet
