#include "tinyfog/wire/mqtt.h"

namespace tinyfog::wire {
namespace {

constexpr std::string_view kProtocol = "MQTT";

std::uint8_t FirstByte(MqttPacket type, std::uint8_t flags = 0) {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(type) << 4 | flags);
}

std::uint32_t TextBytes(std::size_t size) { return 2 + static_cast<std::uint32_t>(size); }

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

std::uint32_t PublishBody(MqttVersion version, const MqttPublish& publish) {
  return TextBytes(publish.topic.size()) + (publish.qos > 0 ? 2 : 0) +
         (version == MqttVersion::k5 ? MqttPropertiesBytes(publish.properties) : 0) +
         publish.payload_bytes;
}

}  // namespace

void WriteMqttConnect(Writer& writer, MqttVersion version, const MqttConnect& connect) {
  const bool five = version == MqttVersion::k5;
  const bool will = !connect.will.topic.empty();
  std::uint32_t body = TextBytes(kProtocol.size()) + 4 + TextBytes(connect.client_id.size());
  if (five) body += MqttPropertiesBytes(connect.properties);
  if (will) {
    body += (five ? 1 : 0) + TextBytes(connect.will.topic.size()) +
            TextBytes(connect.will.payload.size());
  }
  if (!connect.user.empty()) body += TextBytes(connect.user.size());
  if (!connect.password.empty()) body += TextBytes(connect.password.size());

  writer.U8(FirstByte(MqttPacket::kConnect));
  writer.Variable(body);
  writer.Text(kProtocol);
  writer.U8(static_cast<std::uint8_t>(version));
  writer.U8(ConnectFlags(connect));
  writer.U16(connect.keep_alive_s);
  if (five) WriteMqttProperties(writer, connect.properties);
  writer.Text(connect.client_id);
  if (will) {
    if (five) writer.U8(0);  // no will properties
    writer.Text(connect.will.topic);
    writer.Block(connect.will.payload);
  }
  if (!connect.user.empty()) writer.Text(connect.user);
  if (!connect.password.empty()) writer.Block(connect.password);
}

std::uint32_t MqttPublishBytes(MqttVersion version, const MqttPublish& publish) {
  const std::uint32_t body = PublishBody(version, publish);
  return 1 + VariableBytes(body) + body;
}

void WriteMqttPublish(Writer& writer, MqttVersion version, const MqttPublish& publish) {
  writer.U8(FirstByte(MqttPacket::kPublish,
                      static_cast<std::uint8_t>((publish.duplicate ? 8 : 0) | publish.qos << 1 |
                                                (publish.retain ? 1 : 0))));
  writer.Variable(PublishBody(version, publish));
  writer.Text(publish.topic);
  if (publish.qos > 0) writer.U16(publish.packet_id);
  if (version == MqttVersion::k5) WriteMqttProperties(writer, publish.properties);
}

void WriteMqttPuback(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                     MqttReason reason) {
  const bool with_reason = version == MqttVersion::k5 && reason != MqttReason::kSuccess;
  writer.U8(FirstByte(MqttPacket::kPuback));
  writer.U8(with_reason ? 3 : 2);
  writer.U16(packet_id);
  if (with_reason) writer.U8(static_cast<std::uint8_t>(reason));
}

void WriteMqttSubscribe(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                        std::string_view filter, std::uint8_t qos) {
  const bool five = version == MqttVersion::k5;
  writer.U8(FirstByte(MqttPacket::kSubscribe, 2));
  writer.Variable(2 + (five ? 1 : 0) + TextBytes(filter.size()) + 1);
  writer.U16(packet_id);
  if (five) writer.U8(0);
  writer.Text(filter);
  writer.U8(qos);
}

void WriteMqttUnsubscribe(Writer& writer, MqttVersion version, std::uint16_t packet_id,
                          std::string_view filter) {
  const bool five = version == MqttVersion::k5;
  writer.U8(FirstByte(MqttPacket::kUnsubscribe, 2));
  writer.Variable(2 + (five ? 1 : 0) + TextBytes(filter.size()));
  writer.U16(packet_id);
  if (five) writer.U8(0);
  writer.Text(filter);
}

void WriteMqttPingreq(Writer& writer) {
  writer.U8(FirstByte(MqttPacket::kPingreq));
  writer.U8(0);
}

void WriteMqttDisconnect(Writer& writer, MqttVersion version, MqttReason reason) {
  const bool with_reason = version == MqttVersion::k5 && reason != MqttReason::kSuccess;
  writer.U8(FirstByte(MqttPacket::kDisconnect));
  writer.U8(with_reason ? 1 : 0);
  if (with_reason) writer.U8(static_cast<std::uint8_t>(reason));
}

bool IsMqttTopic(std::string_view topic) {
  return !topic.empty() && topic.size() <= 0xFFFF &&
         topic.find_first_of(std::string_view("+#\0", 3)) == std::string_view::npos;
}

}  // namespace tinyfog::wire
