#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "tinyfog/base/result.h"
#include "tinyfog/wire/mqtt.h"

namespace tinyfog::node {

/// A message to the broker, but for its texts.
struct MqttMessageTerms {
  std::uint8_t qos = 0;  ///< 0 or 1
  bool retain = false;
  /// The payload is not copied: it must stay as it is until OnDelivered names the token.
  bool borrow = false;
  /// MQTT 5 brokers that allow it get the topic's text once per connection and this number from
  /// then on. 1 to 8, always with the same topic; 0: none.
  std::uint8_t alias = 0;
  std::uint32_t token = 0;     ///< comes back in OnDelivered
  std::uint32_t expiry_s = 0;  ///< 0: none; MQTT 5 only
  wire::Bytes payload;
};

struct MqttMessage : MqttMessageTerms {
  std::string_view topic;  ///< its beginning: tail and name, which may be empty, go on with it
  std::string_view tail;
  std::string_view name;
  std::string_view content_type;  ///< MQTT 5 only, as all below
  std::string_view response_topic;
  wire::Bytes correlation;
};

/// Messages on their way out, oldest first, in memory of the caller: QoS 0 until they are handed to
/// the transport, QoS 1 until the broker has them.
class MqttOutbox {
 public:
  static constexpr std::size_t kMessages = 12;

  struct Entry : MqttMessageTerms {
    std::uint16_t packet_id = 0;  ///< 0 until sent for the first time, and for QoS 0
    bool sent = false;            ///< on this connection
    bool duplicate = false;

   private:
    friend MqttOutbox;
    std::uint16_t topic_bytes = 0;  // in the memory, one behind the other
    std::uint16_t content_type_bytes = 0;
    std::uint16_t response_topic_bytes = 0;
    std::uint16_t correlation_bytes = 0;
    std::uint32_t bytes = 0;  // of all that is in the memory
  };

  explicit MqttOutbox(std::span<std::uint8_t> memory) : memory_(memory) {}

  /// Errors: kInvalidArgument: topic, QoS or alias; kResourceExhausted: no room.
  Status Add(const MqttMessage& message);

  std::size_t size() const { return count_; }
  bool HasRoom(std::size_t bytes) const {
    return count_ < kMessages && bytes <= memory_.size() - used_;
  }
  Entry& at(std::size_t i) { return entries_[i]; }
  const Entry& at(std::size_t i) const { return entries_[i]; }
  wire::Bytes payload(std::size_t i) const;
  /// Fills in what a PUBLISH says of the message itself; not the connection's packet_id, alias and
  /// duplicate. Views are valid until the next Add or Remove.
  void Describe(std::size_t i, wire::MqttPublish& publish) const;
  void Remove(std::size_t i);
  /// Nothing counts as sent any more. `duplicates`: the broker may have what had been sent.
  void Rewind(bool duplicates);
  /// The index of the message with that packet identifier, or size().
  std::size_t Find(std::uint16_t packet_id) const;

 private:
  wire::Bytes Kept(std::size_t i) const;

  std::span<std::uint8_t> memory_;
  std::size_t count_ = 0;
  std::uint32_t used_ = 0;
  std::array<Entry, kMessages> entries_;
};

}  // namespace tinyfog::node
