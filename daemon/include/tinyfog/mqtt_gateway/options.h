#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include "tinyfog/mqtt/session.h"

namespace tinyfog::mqtt_gateway {

/// The private broker: a mosquitto of the daemon's own on loopback, used when MqttOptions::uri is
/// empty.
struct PrivateBrokerOptions {
  std::filesystem::path program = "/usr/sbin/mosquitto";
  std::uint16_t port = 1883;  ///< on 127.0.0.1; 0, or one that is taken: any free one
  std::string user;  ///< what mosquitto runs as when the daemon is root; empty: "mosquitto"
  std::uint32_t max_queued_messages = 65'536;    ///< per client, QoS 1 messages that wait
  std::uint64_t max_queued_bytes = 64ull << 20;  ///< per client
  std::chrono::milliseconds restart_min{100};    ///< doubled at each death in a row
  std::chrono::milliseconds restart_max{10'000};
};

/// How the gateway takes part in MQTT. Defaults serve a private broker on loopback.
struct MqttOptions {
  bool enabled = true;
  std::string site = "default";  ///< [A-Za-z0-9_.-]{1,64}; second topic level
  std::string uri;  ///< "mqtt://host:port" or "mqtts://host:port"; empty: private broker
  PrivateBrokerOptions broker;
  /// 1..128 characters without '/', '+', '#' or control characters; empty: "tinyfogd-<host name>".
  /// Gateways that share one broker need different ones.
  std::string client_id;
  std::string username;
  std::string password;
  mqtt::Tls tls;
  mqtt::Version version = mqtt::Version::kAuto;
  std::chrono::seconds keep_alive{30};  ///< 5..3600
  /// How long the broker keeps QoS 1 requests for a gateway that is away; 0: it does not.
  /// With MQTT 3.1.1 everything above 0 means "until it comes back".
  std::chrono::seconds session_expiry{300};
  int qos = 1;  ///< of the request subscription, 0 or 1; answers use the request's own QoS
  /// Several gateways with the same group share the requests ("$share/<group>/…"); needs a broker
  /// that supports it. [A-Za-z0-9_.-]{1,64}; empty: no sharing.
  std::string shared_group;
  std::uint32_t max_payload_bytes = 4u << 20;  ///< 1 KiB..64 MiB; larger requests are refused
  /// Admission: requests in the gateway plus answers the broker has not taken yet. More are
  /// refused RESOURCE_EXHAUSTED. 16..1'000'000.
  std::uint32_t max_pending = 16'384;
  std::uint64_t max_pending_bytes = 64ull << 20;  ///< the same, payload bytes; >= max_payload_bytes
  std::uint32_t publish_window = 64;              ///< 1..1000 publications not yet acknowledged
  std::chrono::milliseconds reconnect_min{200};   ///< 10 ms..reconnect_max
  std::chrono::milliseconds reconnect_max{15'000};
};

}  // namespace tinyfog::mqtt_gateway
