#include "tinyfog/wire/mqtt.h"

namespace tinyfog::wire {
namespace {

// CONNACK's return codes of 3.1.1 (clause 3.2.2.3) as reasons of version 5; others are that.
MqttReason FromReturnCode(std::uint8_t code) {
  constexpr std::uint8_t kReasons[] = {0x00, 0x84, 0x85, 0x88, 0x86, 0x87};
  return MqttReason{code < sizeof(kReasons) ? kReasons[code] : code};
}

void TakeProperties(Reader& reader, MqttProperties& properties) {
  const Bytes list = reader.Take(reader.Variable());
  if (ParseMqttProperties(list, properties) != Status::kOk) reader.Fail();
}

// At the end of a packet the property list may be left out.
void TakeLastProperties(Reader& reader, MqttProperties& properties) {
  if (!reader.left().empty()) TakeProperties(reader, properties);
}

}  // namespace

Status ParseMqttAnswer(MqttVersion version, MqttPacket type, Bytes body, MqttAnswer& answer) {
  Reader reader(body);
  const bool five = version == MqttVersion::k5;
  answer = {};
  if (type == MqttPacket::kConnack) {
    const std::uint8_t flags = reader.U8();
    if (flags > 1) return Status::kInvalidArgument;
    answer.session_present = flags == 1;
    answer.reason = FromReturnCode(reader.U8());
    if (five) TakeLastProperties(reader, answer.properties);
  } else {
    if (type != MqttPacket::kDisconnect) {
      answer.packet_id = reader.U16();
      if (answer.packet_id == 0) return Status::kInvalidArgument;
    }
    if (type == MqttPacket::kSuback || type == MqttPacket::kUnsuback) {
      if (five) TakeProperties(reader, answer.properties);
      if (five || type == MqttPacket::kSuback) answer.reason = MqttReason{reader.U8()};
    } else if (five && !reader.left().empty()) {
      answer.reason = MqttReason{reader.U8()};
      TakeLastProperties(reader, answer.properties);
    }
  }
  return reader.ok() && reader.left().empty() ? Status::kOk : Status::kInvalidArgument;
}

}  // namespace tinyfog::wire
