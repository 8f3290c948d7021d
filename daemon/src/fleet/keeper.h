#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "artifact_files.h"
#include "fleet_metrics.h"
#include "node_log.h"
#include "tinyfog/distribute/distributor.h"
#include "tinyfog/events/event_bus.h"
#include "tinyfog/fleet/board.h"
#include "tinyfog/fleet/node_message.h"
#include "tinyfog/fleet/options.h"
#include "tinyfog/mqtt/session.h"
#include "tinyfog/registry/registry.h"
#include "wish.h"

namespace tinyfog::fleet {

/// Now, by both clocks.
struct Moment {
  registry::WallTime wall;
  distribute::Time steady;
  static Moment Now();
};

/// What the fleet knows and decides: registry, distribution, board, metrics and events together.
/// Knows nothing of sessions and threads. One thread.
class Keeper {
 public:
  Keeper(const Options& options, std::string site, std::unique_ptr<registry::Registry> nodes,
         const artifact::Store& store, Board& board, metrics::Registry& metrics,
         events::EventBus& events);

  void OnMessage(const mqtt::Message& message, Moment now);
  void OnConnected(Moment now);
  void OnDisconnected(Moment now);
  void OnPublished(std::uint64_t ticket, bool taken, Moment now);

  Outcome<NodePtr> Set(const std::string& id, const Wish& wish);
  Outcome<NodePtr> Remove(const std::string& id);

  /// The next message to publish, with its ticket if it has one: say Sent or Unsent.
  std::optional<mqtt::Message> Next(Moment now);
  void Sent(const mqtt::Message& message, Moment now);
  void Unsent(const mqtt::Message& message);
  std::optional<distribute::Time> Wake() const { return distributor_.Wake(); }

  /// Regularly: metrics, and the registry to disk.
  void Tick(Moment now);
  void WriteAll();
  FleetMetrics& metrics() { return metrics_; }

 private:
  void On(const std::string& node, v1::NodeState state, bool retained, Moment now);
  void On(const std::string& node, v1::OtaReport report, Moment now);
  void On(const std::string& node, v1::NodeTelemetry telemetry, Moment now);
  void On(const std::string& node, const v1::NodeResult& result, Moment now);
  void Distribute(const v1::Node& node, const v1::OtaReport& report, Moment now);
  void TellUpdate(const v1::Node& node, const v1::OtaReport& told, const v1::OtaReport& before);
  void OfferIfBehind(const v1::Node& node, std::uint64_t has, Moment now);
  void AskIfLost(const std::string& id, Moment now);
  void Refuse(const std::string& topic, const Error& error, Moment now);
  void Tell(const std::string& node, const char* state, const std::string& reason,
            const std::string& text);
  void Flush(bool with_sightings);
  mqtt::Message AskMessage(const std::string& node, Moment now) const;
  mqtt::Message DesiredMessage(const v1::Node& node) const;

  const std::string root_;  ///< "tinyfog/v1/<site>/"
  const std::string site_;
  const std::unique_ptr<registry::Registry> nodes_;
  Board& board_;
  events::EventBus& events_;
  FleetMetrics metrics_;
  NodeLog log_;
  distribute::Distributor distributor_;
  ArtifactFiles files_;
  std::map<std::string, distribute::Time> offered_;  ///< when last, to those that were behind
  std::map<std::string, distribute::Time> asked_;    ///< when last, for their state
  std::vector<std::string> to_ask_;
  distribute::Time complained_{0};
  distribute::Time counted_{0}, written_{0};
  bool disk_works_ = true;
};

}  // namespace tinyfog::fleet
