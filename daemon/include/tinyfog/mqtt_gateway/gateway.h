#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "tinyfog/events/event_bus.h"
#include "tinyfog/host/error.h"
#include "tinyfog/inference/server.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/mqtt_gateway/options.h"
#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::mqtt_gateway {

/// options.client_id, or what stands for an empty one.
std::string ClientId(const MqttOptions& options);

/// Answers inference requests that arrive over MQTT (topics and payloads: proto/README.md). Decodes
/// and submits on the MQTT client's thread, publishes answers from the inference threads.
///
/// To stop without losing an accepted request: Server::Drain, then Stop. Destroy it only when no
/// request of its own is in the server any more; the server and the registry outlive it.
class Gateway {
 public:
  /// `uri`: the broker (options.uri, or the private broker's). Errors: kInvalidArgument (options,
  /// with the option's name; unreadable TLS files).
  static Outcome<std::unique_ptr<Gateway>> Create(MqttOptions options, std::string uri,
                                                  inference::Server& server,
                                                  metrics::Registry& metrics,
                                                  events::EventBus& events);
  virtual ~Gateway() = default;  ///< as Stop(0)

  /// Starts connecting; returns at once.
  virtual void Start() = 0;
  /// Leaves the shared group, if there is one: its other gateways get the requests from now on.
  /// Returns at once. To be called before the inference server drains.
  virtual void Leave() = 0;
  /// Publishes the answers that wait and the state "offline", disconnects; at most about `bound`.
  virtual void Stop(std::chrono::milliseconds bound) = 0;
  /// As mqtt::Session::UnansweredSince.
  virtual std::optional<std::chrono::steady_clock::time_point> UnansweredSince() = 0;
  /// For GetStatus. Any thread.
  virtual v1::Broker status() const = 0;
};

}  // namespace tinyfog::mqtt_gateway
