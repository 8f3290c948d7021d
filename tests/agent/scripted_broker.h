#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tinyfog/node/mqtt_client.h"

namespace tinyfog::node::testing {

/// A message that the client has sent.
struct Sent {
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;
  bool retain = false;
  std::string correlation;
  std::uint32_t expiry_s = 0;
};

/// The broker of tests with a virtual clock: it reads what a client sends and answers at once, as
/// far as the test lets it.
class ScriptedBroker {
 public:
  explicit ScriptedBroker(MqttClient& client, wire::MqttVersion version = wire::MqttVersion::k5)
      : client_(client), version_(version) {}

  bool acknowledges = true;  ///< QoS 1 messages get their PUBACK
  bool accepts = true;       ///< connections
  bool subscribes = true;    ///< else filters are refused

  /// Opens and closes the transport as the client wants, takes what it has to say. True when there
  /// was something.
  bool Pump(std::uint64_t now_ms);
  /// The connection breaks.
  void Break();
  void Publish(std::uint64_t now_ms, const std::string& topic, const std::string& payload,
               std::uint8_t qos = 1, const wire::MqttProperties& properties = {},
               bool retain = false);
  /// Bytes that may be no packets.
  void Feed(wire::Bytes bytes);

  std::vector<Sent> messages;         ///< all so far, in order
  std::vector<std::string> filters;   ///< subscribed now
  Sent will;                          ///< of the last CONNECT
  bool was_clean = false;             ///< likewise
  bool was_disconnected = false;      ///< by the client, in order
  std::vector<std::uint8_t> reasons;  ///< of the client's PUBACKs

  /// The last message to a topic with that end.
  std::optional<Sent> Last(std::string_view end) const;
  std::size_t Count(std::string_view end) const;

 private:
  void Answer(std::uint8_t first, wire::Bytes body);
  void OnConnect(wire::Bytes body);
  void OnPublish(std::uint8_t first, wire::Bytes body);
  void OnFilter(std::uint8_t first, wire::Bytes body);
  bool TakePacket();
  wire::MqttProperties TakeProperties(wire::Reader& reader) const;
  void Write(const std::string& bytes);

  MqttClient& client_;
  wire::MqttVersion version_;
  bool is_open_ = false;
  std::string received_;
  std::string to_feed_;
  std::uint16_t last_id_ = 0;
};

}  // namespace tinyfog::node::testing
