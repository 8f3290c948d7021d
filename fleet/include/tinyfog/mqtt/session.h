#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::mqtt {

/// One application message, received or to be published. The MQTT 5 properties are empty on 3.1.1.
struct Message {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retained = false;
  std::string response_topic;
  std::string correlation_data;
  std::string content_type;
  std::optional<std::chrono::seconds> expiry;
  std::vector<std::pair<std::string, std::string>> user_properties;
  std::uint64_t ticket = 0;  ///< of a publication: for on_published; 0: nothing is told
};

enum class Version : std::uint8_t {
  kAuto,
  k5,
  k311
};  ///< kAuto: 5, then 3.1.1 when the broker refuses 5

struct Tls {
  std::string ca_file;    ///< PEM; empty: the system's authorities
  std::string cert_file;  ///< PEM; empty: no client certificate
  std::string key_file;
  bool verify = true;  ///< certificate and host name
};

struct SessionOptions {
  std::string
      uri;  ///< "mqtt://host:port", "mqtts://host:port" (TLS), "mqtt+unix:" is not supported
  std::string client_id;
  std::string username;
  std::string password;
  Tls tls;
  Version version = Version::kAuto;
  std::chrono::seconds keep_alive{30};
  bool clean_start = true;
  std::chrono::seconds session_expiry{0};  ///< MQTT 5
  std::optional<Message> will;
  std::uint32_t publish_window =
      64;  ///< QoS 1 messages not yet acknowledged, and QoS 0 not yet written
  std::uint32_t publish_backlog = 8192;  ///< messages that wait for the window; more are refused
  std::chrono::milliseconds reconnect_min{200};
  std::chrono::milliseconds reconnect_max{15'000};  ///< doubled each time, with full jitter
  std::uint64_t seed = 0;                           ///< of the jitter; 0: random
};

/// What the owner is told. on_message runs on the client library's thread,
/// on_published on any, the others on the
/// session's own thread; each one at a time. They must not block and must not call Session::Stop.
/// The library holds a lock of its own during on_message that Publish may take too: never call
/// Publish while holding a lock that on_message takes. All may be null.
struct SessionCallbacks {
  std::function<void(Message)> on_message;
  std::function<void(Version)> on_connected;  ///< subscriptions are in place
  std::function<void(const std::string& reason)> on_disconnected;
  /// What became of a message with a ticket: the broker has taken it (QoS 1: acknowledged), or
  /// refuses it. A QoS 1 message is told once, unless the session is stopped before.
  std::function<void(std::uint64_t ticket, bool taken)> on_published{};
};

struct SessionStats {
  std::uint64_t connects = 0;
  std::uint64_t received = 0;
  std::uint64_t published = 0;  ///< handed over to the broker (acknowledged for QoS 1)
  std::uint64_t dropped = 0;    ///< refused because the backlog was full, or lost with a disconnect
  std::uint32_t outstanding = 0;
  std::uint32_t backlog = 0;
};

/// A client session that stays connected: reconnects with back-off and jitter and subscribes again.
/// Publish may be called from any thread, callbacks included, and never blocks.
class Session {
 public:
  struct Subscription {
    std::string filter;  ///< may be "$share/<group>/<filter>" on MQTT 5
    int qos = 1;
  };
  /// Errors: kInvalidArgument (URI, unreadable TLS files).
  static Outcome<std::unique_ptr<Session>> Create(SessionOptions options,
                                                  std::vector<Subscription> subscriptions,
                                                  SessionCallbacks callbacks);
  virtual ~Session() = default;  ///< as Stop(0)

  /// Starts connecting; returns at once.
  virtual void Start() = 0;
  /// Queues one message. Errors: kInvalidArgument (topic, QoS), kResourceExhausted (backlog full;
  /// counted), kUnavailable (not connected and QoS 0, or stopped). QoS 1 messages accepted while
  /// disconnected wait in the backlog.
  virtual Outcome<void> Publish(Message message) = 0;
  /// Ends the subscriptions, for good and at the broker too, so that the other members of a shared
  /// one get all of its messages. Returns at once; what the broker has sent by then still arrives.
  virtual void Leave() = 0;
  virtual bool connected() const = 0;
  /// Messages accepted by Publish and not yet handed over to the broker, and their payload bytes.
  /// Cheap: no lock.
  virtual std::uint64_t pending() const = 0;
  virtual std::uint64_t pending_bytes() const = 0;
  virtual SessionStats stats() const = 0;
  /// Since when the client library's thread, which receives everything, has owed a sign of life;
  /// nothing when it gave the last one that this asked for. Then this asks for the next one,
  /// without waiting for it: call it regularly.
  virtual std::optional<std::chrono::steady_clock::time_point> UnansweredSince() = 0;
  /// Flushes what is queued, disconnects (without will) and joins; at most about `bound`.
  virtual void Stop(std::chrono::milliseconds bound) = 0;
};

}  // namespace tinyfog::mqtt
