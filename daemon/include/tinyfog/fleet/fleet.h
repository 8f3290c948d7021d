#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "tinyfog/artifact/store.h"
#include "tinyfog/events/event_bus.h"
#include "tinyfog/fleet/board.h"
#include "tinyfog/fleet/options.h"
#include "tinyfog/host/error.h"
#include "tinyfog/loop/event_loop.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/mqtt_gateway/options.h"
#include "tinyfog/v1/fleet.pb.h"

namespace tinyfog::fleet {

/// What the fleet works with; all of it outlives it.
struct Parts {
  loop::EventLoop& loop;
  artifact::Store& store;
  metrics::Registry& metrics;
  events::EventBus& events;
};

/// Keeps the site's nodes: learns of them over MQTT, remembers them, and brings them what they
/// shall be. Lives on the event loop's thread; what other threads may call says so.
class Fleet {
 public:
  /// `uri`: the broker. `file`: of the node registry. Errors: of the registry and the MQTT options.
  static Outcome<std::unique_ptr<Fleet>> Create(const Options& options,
                                                const mqtt_gateway::MqttOptions& mqtt,
                                                const std::string& uri,
                                                const std::filesystem::path& file, Parts parts);
  virtual ~Fleet() = default;  ///< as Stop(0)

  /// Starts connecting; returns at once.
  virtual void Start() = 0;
  /// The loop has ended: answers what waits, disconnects, writes down what is not yet; at most
  /// about `bound`.
  virtual void Stop(std::chrono::milliseconds bound) = 0;

  /// Any thread.
  virtual Board& board() = 0;
  virtual bool connected() const = 0;
  /// Whether nodes are to have this artifact.
  virtual bool IsDesired(const wire::Sha256& digest) const = 0;

  /// Checks that the node could run what is asked for, and notes it. Any thread but the loop's:
  /// blocks until it is on disk. Errors: as of v1.Fleet.SetNode; kUnavailable: stopping.
  virtual Outcome<NodePtr> Set(const v1::SetNodeRequest& request) = 0;
  /// As it was. Any thread but the loop's. Errors: as of v1.Fleet.RemoveNode.
  virtual Outcome<NodePtr> Remove(const std::string& id) = 0;
};

}  // namespace tinyfog::fleet
