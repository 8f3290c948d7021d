#pragma once

#include <cstdint>
#include <string_view>

#include "tinyfog/base/status.h"
#include "tinyfog/wire/bytes.h"

namespace tinyfog::wire {

/// What nodes use of MQTT 5's properties, each with its value when absent. Strings and bytes are
/// views. Source: MQTT 5.0, 2.2.2.
struct MqttProperties {
  std::uint32_t maximum_packet_bytes = 0xFFFFFFFF;
  std::uint16_t receive_maximum = 0xFFFF;
  std::uint8_t maximum_qos = 2;
  bool retain_available = true;
  std::uint32_t session_expiry_s = 0;
  std::uint32_t message_expiry_s = 0;  ///< 0: none
  std::uint16_t topic_alias_maximum = 0;
  std::uint16_t topic_alias = 0;  ///< 0: none
  std::uint16_t server_keep_alive_s = 0;
  bool has_server_keep_alive = false;
  std::string_view assigned_client_id;
  std::string_view reason;
  std::string_view content_type;
  std::string_view response_topic;
  Bytes correlation;
  Bytes encoded;  ///< all of them as they came, for user properties
};

/// Reads a whole property list without its length. Properties that are not in the struct are
/// checked for their form and passed over. Errors: kInvalidArgument: unknown, repeated or
/// truncated, or a value that MQTT forbids; then the content of `properties` means nothing.
Status ParseMqttProperties(Bytes encoded, MqttProperties& properties);

/// The user property `key` of ParseMqttProperties' `encoded`; empty when there is none.
std::string_view MqttUserProperty(const MqttProperties& properties, std::string_view key);

/// Writes the length and every property that is not as when absent. `encoded` is not written.
void WriteMqttProperties(Writer& writer, const MqttProperties& properties);

}  // namespace tinyfog::wire
