#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/wire/mqtt.h"

namespace tinyfog::wire {

/// Takes apart what a server sends, in whatever pieces it arrives. Payloads pass through piece by
/// piece and may be of any size; everything else is collected in a buffer of the caller. Bytes are
/// not trusted.
class MqttDecoder {
 public:
  enum class Event : std::uint8_t {
    kMore,       ///< all input is consumed
    kPacket,     ///< type() and body() hold a packet other than PUBLISH
    kPublish,    ///< publish() holds the head of a PUBLISH; its payload follows
    kPayload,    ///< payload() holds the next bytes of it, at least one
    kPublished,  ///< the payload is complete
    kMalformed,  ///< no MQTT, or no packet that a server may send to a client that subscribes with
                 ///< QoS 0 and 1. Only Reset helps
    kTooLarge,   ///< a packet other than PUBLISH is larger than the buffer. Only Reset helps
  };

  /// `buffer` bounds the topic plus the properties of a PUBLISH, and the other packets' bodies.
  explicit MqttDecoder(std::span<std::uint8_t> buffer) : buffer_(buffer) {}

  /// A new connection.
  void Reset(MqttVersion version);

  /// Consumes bytes from the front of `input` up to the next event. What the accessors return stays
  /// until the next call.
  Event Next(Bytes& input);

  MqttPacket type() const { return MqttPacket{static_cast<std::uint8_t>(first_ >> 4)}; }
  Bytes body() const { return {buffer_.data(), used_}; }
  /// Without topic and properties when is_cut(). Stays, and may be changed, until kPublished.
  const MqttPublish& publish() const { return publish_; }
  MqttPublish& publish() { return publish_; }
  /// Topic and properties of the PUBLISH do not fit into the buffer.
  bool is_cut() const { return cut_; }
  Bytes payload() const { return payload_; }

 private:
  enum class State : std::uint8_t {
    kType,
    kLength,
    kBody,
    kTopicLength,
    kTopic,
    kPacketId,
    kPropertyLength,
    kProperties,
    kHead,
    kPayload,
  };

  bool StartPacket();
  bool Enter(State state, std::uint32_t bytes);
  bool Collect(Bytes& input);
  bool Digit(std::uint8_t byte);
  bool NumberStep(std::uint8_t byte);
  bool FinishHead();
  Event Payload(Bytes& input);

  std::span<std::uint8_t> buffer_;
  MqttVersion version_ = MqttVersion::k5;
  State state_ = State::kType;
  std::uint8_t first_ = 0;
  std::uint8_t shift_ = 0;
  bool cut_ = false;
  std::uint32_t number_ = 0;
  std::uint32_t want_ = 0;  // bytes to come of the field
  std::uint32_t left_ = 0;  // bytes to come of the packet
  std::uint32_t used_ = 0;
  std::uint32_t topic_bytes_ = 0;
  MqttPublish publish_;
  Bytes payload_;
};

}  // namespace tinyfog::wire
