#include "tinyfog/wire/mqtt.h"

namespace tinyfog::wire {
namespace {

constexpr std::string_view kProtocol = "MQTT";

std::uint8_t FirstByte(MqttPacket type, std::uint8_t flags = 0) {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) << 4 | flags);
}

std::uint8_t ConnectFlags(const MqttConnect& connect) {
  std::uint8_t flags = connect.clean_start ? 0x02 : 0;
  if (!connect.will.topic.empty()) {
    flags |=
        static_cast<std::uint8_t>(0x04 | connect.will.qos << 3 | (connect.will.retain ? 0x20 : 0));
  }
  if (!connect.password.empty()) flags |= 0x40;
  if (!connect.user.empty()) flags |= 0x80;
  return flags;
}

void WriteBody(Writer& writer, MqttVersion version, const MqttConnect& connect) {
  const bool five = version == MqttVersion::k5;
  writer.Text(kProtocol);
  writer.U8(static_cast<std::uint8_t>(version));
  writer.U8(ConnectFlags(connect));
  writer.U16(connect.keep_alive_s);
  if (five) WriteMqttProperties(writer, connect.properties);
  writer.Text(connect.client_id);
  if (!connect.will.topic.empty()) {
    if (five) writer.U8(0);  // no will properties
    writer.Text(connect.will.topic);
    writer.Block(connect.will.payload);
  }
  if (!connect.user.empty()) writer.Text(connect.user);
  if (!connect.password.empty()) writer.Block(connect.password);
}

// What stands between the length and the payload.
void WriteBody(Writer& writer, MqttVersion version, const MqttPublish& publish) {
  writer.Text(publish.topic);
  if (publish.qos > 0) writer.U16(publish.packet_id);
  if (version == MqttVersion::k5) WriteMqttProperties(writer, publish.properties);
}

// Up to the filter of a SUBSCRIBE or UNSUBSCRIBE; `more`: bytes that follow it.
void WriteFilter(Writer& writer, MqttVersion version, std::uint8_t first_byte,
                 std::uint16_t packet_id, std::string_view filter, std::uint32_t more) {
  const bool five = version == MqttVersion::k5;
  writer.U8(first_byte);
  writer.Variable(4 + (five ? 1 : 0) + static_cast<std::uint32_t>(filter.size()) + more);
  writer.U16(packet_id);
  if (five) writer.U8(0);  // no properties
  writer.Text(filter);
}

// A packet whose body is a number of up to four bytes.
void WriteShort(Writer& writer, MqttPacket type, std::uint32_t body, std::uint8_t bytes) {
  writer.U8(FirstByte(type));
  writer.U8(bytes);
  writer.Number(body, bytes);
}

bool HasReason(MqttVersion version, MqttReason reason) {
  return version == MqttVersion::k5 && reason != MqttReason::kSuccess;
}

}  // namespace

void WriteMqttConnect(Writer& writer, MqttVersion version, const MqttConnect& connect) {
  Writer body;
  WriteBody(body, version, connect);
  writer.U8(FirstByte(MqttPacket::kConnect));
  writer.Variable(static_cast<std::uint32_t>(body.size()));
  WriteBody(writer, version, connect);
}

void WriteMqttPublish(Writer& writer, MqttVersion version, const MqttPublish& publish) {
  Writer body;
  WriteBody(body, version, publish);
  writer.U8(FirstByte(MqttPacket::kPublish,
                      static_cast<std::uint8_t>((publish.duplicate ? 8 : 0) | publish.qos << 1 |
                                                (publish.retain ? 1 : 0))));
  writer.Variable(static_cast<std::uint32_t>(body.size()) + publish.payload_bytes);
  WriteBody(writer, version, publish);
}

std::uint32_t MqttPublishBytes(MqttVersion version, const MqttPublish& publish) {
  Writer head;
  WriteMqttPublish(head, version, publish);
  return static_cast<std::uint32_t>(head.size()) + publish.payload_bytes;
}

void WriteMqttPuback(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                     MqttReason reason) {
  const bool has_reason = HasReason(version, reason);
  std::uint32_t body = packet_id;
  if (has_reason) body = body << 8 | static_cast<std::uint8_t>(reason);
  WriteShort(writer, MqttPacket::kPuback, body, has_reason ? 3 : 2);
}

void WriteMqttSubscribe(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                        std::string_view filter, std::uint8_t qos) {
  WriteFilter(writer, version, FirstByte(MqttPacket::kSubscribe, 2), packet_id, filter, 1);
  writer.U8(qos);
}

void WriteMqttUnsubscribe(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                          std::string_view filter) {
  WriteFilter(writer, version, FirstByte(MqttPacket::kUnsubscribe, 2), packet_id, filter, 0);
}

void WriteMqttPingreq(Writer& writer) { WriteShort(writer, MqttPacket::kPingreq, 0, 0); }

void WriteMqttDisconnect(Writer& writer, MqttVersion version, MqttReason reason) {
  WriteShort(writer, MqttPacket::kDisconnect, static_cast<std::uint8_t>(reason),
             HasReason(version, reason) ? 1 : 0);
}

bool IsMqttTopic(std::string_view topic) {
  for (const char c : topic) {
    if (c == '+' || c == '#' || c == '\0') return false;
  }
  return !topic.empty() && topic.size() <= 0xFFFF;
}

}  // namespace tinyfog::wire
