#include "tinyfog/wire/mqtt.h"

namespace tinyfog::wire {
namespace {

// CONNACK's return codes of 3.1.1 (clause 3.2.2.3) as reasons of version 5.
MqttReason FromReturnCode(std::uint8_t code) {
  constexpr std::uint8_t kReasons[] = {0x00, 0x84, 0x85, 0x88, 0x86, 0x87};
  return code < sizeof(kReasons) ? MqttReason{kReasons[code]} : MqttReason{code};
}

// The property list at the end of a packet, which may be left out.
Result<MqttProperties> TrailingProperties(Reader& reader) {
  if (reader.left().empty()) return MqttProperties{};
  const Bytes list = reader.Take(reader.Variable());
  if (!reader.ok()) return Status::kInvalidArgument;
  return ParseMqttProperties(list);
}

}  // namespace

Result<MqttConnack> ParseMqttConnack(MqttVersion version, Bytes body) {
  Reader reader(body);
  const std::uint8_t flags = reader.U8();
  const std::uint8_t code = reader.U8();
  if (!reader.ok() || flags > 1) return Status::kInvalidArgument;
  MqttConnack connack;
  connack.session_present = flags == 1;
  connack.reason = code < static_cast<std::uint8_t>(MqttReason::kFailure) ? FromReturnCode(code)
                                                                          : MqttReason{code};
  if (version == MqttVersion::k5) {
    TINYFOG_TRY_ASSIGN(connack.properties, TrailingProperties(reader));
  }
  if (!reader.left().empty()) return Status::kInvalidArgument;
  return connack;
}

Result<MqttAck> ParseMqttAck(MqttVersion version, MqttPacket type, Bytes body) {
  Reader reader(body);
  MqttAck ack;
  ack.packet_id = reader.U16();
  const bool five = version == MqttVersion::k5;
  if (type == MqttPacket::kPuback) {
    if (five && !reader.left().empty()) {
      ack.reason = MqttReason{reader.U8()};
      TINYFOG_TRY_ASSIGN(ack.properties, TrailingProperties(reader));
    }
  } else {
    if (five) {
      const Bytes list = reader.Take(reader.Variable());
      TINYFOG_TRY_ASSIGN(ack.properties, ParseMqttProperties(list));
    }
    if (type == MqttPacket::kSuback || five) ack.reason = MqttReason{reader.U8()};
  }
  if (!reader.ok() || !reader.left().empty() || ack.packet_id == 0) {
    return Status::kInvalidArgument;
  }
  return ack;
}

Result<MqttReason> ParseMqttDisconnect(Bytes body) {
  if (body.empty()) return MqttReason::kSuccess;
  Reader reader(body);
  const MqttReason reason{reader.U8()};
  TINYFOG_TRY(TrailingProperties(reader));
  if (!reader.left().empty()) return Status::kInvalidArgument;
  return reason;
}

}  // namespace tinyfog::wire
