#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/status.h"
#include "tinyfog/wire/mqtt_properties.h"

/// Packets that an MQTT client sends, and the words that both directions share. Source: OASIS, MQTT
/// 5.0 and 3.1.1. Properties are left out of 3.1.1 packets.
namespace tinyfog::wire {

enum class MqttVersion : std::uint8_t { k311 = 4, k5 = 5 };

enum class MqttPacket : std::uint8_t {
  kConnect = 1,
  kConnack = 2,
  kPublish = 3,
  kPuback = 4,
  kSubscribe = 8,
  kSuback = 9,
  kUnsubscribe = 10,
  kUnsuback = 11,
  kPingreq = 12,
  kPingresp = 13,
  kDisconnect = 14,
};

/// Reason codes; those from 0x80 on are failures. 3.1.1 knows the first and kFailure only.
enum class MqttReason : std::uint8_t {
  kSuccess = 0x00,
  kDisconnectWithWill = 0x04,
  kNoMatchingSubscribers = 0x10,
  kFailure = 0x80,
  kMalformedPacket = 0x81,
  kProtocolError = 0x82,
  kImplementationSpecific = 0x83,
  kUnsupportedVersion = 0x84,
  kNotAuthorized = 0x87,
  kKeepAliveTimeout = 0x8D,
  kTopicNameInvalid = 0x90,
  kTopicAliasInvalid = 0x94,
  kPacketTooLarge = 0x95,
  kQuotaExceeded = 0x97,
};
inline bool Failed(MqttReason reason) { return reason >= MqttReason::kFailure; }

struct MqttWill {
  std::string_view topic;  ///< empty: no will
  Bytes payload;
  std::uint8_t qos = 0;
  bool retain = false;
};

struct MqttConnect {
  std::string_view client_id;
  std::string_view user;  ///< empty: none
  Bytes password;         ///< empty: none
  std::uint16_t keep_alive_s = 60;
  bool clean_start = true;
  MqttWill will;
  MqttProperties properties;  ///< session expiry, receive and alias maximum, maximum packet
};

/// What stands before the payload of a PUBLISH.
struct MqttPublish {
  std::string_view topic;
  std::uint8_t qos = 0;  ///< 0 or 1
  bool retain = false;
  bool duplicate = false;
  std::uint16_t packet_id = 0;
  std::uint32_t payload_bytes = 0;
  MqttProperties properties;  ///< alias, expiry, content type, response topic, correlation
};

/// Each writes one packet; the writer is not ok() when it does not fit.
void WriteMqttConnect(Writer& writer, MqttVersion version, const MqttConnect& connect);
/// Everything before the payload, which the caller sends next.
void WriteMqttPublish(Writer& writer, MqttVersion version, const MqttPublish& publish);
void WriteMqttPuback(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                     MqttReason reason);
void WriteMqttSubscribe(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                        std::string_view filter, std::uint8_t qos);
void WriteMqttUnsubscribe(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                          std::string_view filter);
void WriteMqttPingreq(Writer& writer);
void WriteMqttDisconnect(Writer& writer, MqttVersion version, MqttReason reason);

/// Bytes of the whole packet with its payload.
std::uint32_t MqttPublishBytes(MqttVersion version, const MqttPublish& publish);

/// Whether a client may publish to `topic`: 1 to 65535 bytes without wildcard or zero byte.
bool IsMqttTopic(std::string_view topic);

/// What a server answers: CONNACK, PUBACK, SUBACK or UNSUBACK of one filter, or DISCONNECT.
struct MqttAnswer {
  std::uint16_t packet_id = 0;   ///< of what is acknowledged; else 0
  bool session_present = false;  ///< in a CONNACK
  MqttReason reason{};           ///< of a granted subscription: its QoS
  MqttProperties properties;
};

/// `body` is what follows the fixed header. Errors: kInvalidArgument: malformed; then the content
/// of `answer` means nothing. A CONNACK in the form of 3.1.1 is taken in both versions: so do old
/// brokers refuse version 5. 3.1.1's return codes 1 to 5 become their MQTT 5 equals.
Status ParseMqttAnswer(MqttVersion version, MqttPacket type, Bytes body, MqttAnswer& answer);

}  // namespace tinyfog::wire
