#include "tinyfog/wire/mqtt_properties.h"

namespace tinyfog::wire {
namespace {

enum Id : std::uint8_t {
  kMessageExpiry = 2,
  kContentType = 3,
  kResponseTopic = 8,
  kCorrelation = 9,
  kSubscriptionId = 11,
  kSessionExpiry = 17,
  kAssignedClientId = 18,
  kServerKeepAlive = 19,
  kReason = 31,
  kReceiveMaximum = 33,
  kTopicAliasMaximum = 34,
  kTopicAlias = 35,
  kMaximumQos = 36,
  kRetainAvailable = 37,
  kUserProperty = 38,
  kMaximumPacket = 39,
};

// How the value of a property is written; also of those that nodes only pass over.
enum class Form { kUnknown, kByte, kTwoBytes, kFourBytes, kVariable, kBlock, kPair };

Form FormOf(std::uint8_t id) {
  switch (id) {
    case 1:   // payload format
    case 23:  // request problem information
    case 25:  // request response information
    case kMaximumQos:
    case kRetainAvailable:
    case 40:  // wildcard subscription available
    case 41:  // subscription identifiers available
    case 42:  // shared subscription available
      return Form::kByte;
    case kServerKeepAlive:
    case kReceiveMaximum:
    case kTopicAliasMaximum:
    case kTopicAlias:
      return Form::kTwoBytes;
    case kMessageExpiry:
    case kSessionExpiry:
    case 24:  // will delay
    case kMaximumPacket:
      return Form::kFourBytes;
    case kSubscriptionId:
      return Form::kVariable;
    case kContentType:
    case kResponseTopic:
    case kCorrelation:
    case kAssignedClientId:
    case 21:  // authentication method
    case 22:  // authentication data
    case 26:  // response information
    case 28:  // server reference
    case kReason:
      return Form::kBlock;
    case kUserProperty:
      return Form::kPair;
    default:
      return Form::kUnknown;
  }
}

struct Value {
  std::uint32_t number = 0;
  Bytes bytes;
};

Value Read(Reader& reader, Form form) {
  Value value;
  switch (form) {
    case Form::kByte:
      value.number = reader.U8();
      break;
    case Form::kTwoBytes:
      value.number = reader.U16();
      break;
    case Form::kFourBytes:
      value.number = reader.U32();
      break;
    case Form::kVariable:
      value.number = reader.Variable();
      break;
    case Form::kPair:
      reader.Block();
      [[fallthrough]];
    case Form::kBlock:
      value.bytes = reader.Block();
      break;
    case Form::kUnknown:
      break;
  }
  return value;
}

// False when MQTT forbids the value.
bool Assign(MqttProperties& p, std::uint8_t id, const Value& value) {
  const auto two_bytes = static_cast<std::uint16_t>(value.number);
  switch (id) {
    case kMessageExpiry:
      p.message_expiry_s = value.number;
      return true;
    case kContentType:
      p.content_type = AsText(value.bytes);
      return true;
    case kResponseTopic:
      p.response_topic = AsText(value.bytes);
      return true;
    case kCorrelation:
      p.correlation = value.bytes;
      return true;
    case kSessionExpiry:
      p.session_expiry_s = value.number;
      return true;
    case kAssignedClientId:
      p.assigned_client_id = AsText(value.bytes);
      return true;
    case kServerKeepAlive:
      p.server_keep_alive_s = two_bytes;
      p.has_server_keep_alive = true;
      return true;
    case kReason:
      p.reason = AsText(value.bytes);
      return true;
    case kReceiveMaximum:
      p.receive_maximum = two_bytes;
      return two_bytes != 0;
    case kTopicAliasMaximum:
      p.topic_alias_maximum = two_bytes;
      return true;
    case kTopicAlias:
      p.topic_alias = two_bytes;
      return two_bytes != 0;
    case kMaximumQos:
      p.maximum_qos = static_cast<std::uint8_t>(value.number);
      return value.number <= 1;
    case kRetainAvailable:
      p.retain_available = value.number != 0;
      return value.number <= 1;
    case kMaximumPacket:
      p.maximum_packet_bytes = value.number;
      return value.number != 0;
    default:
      return true;
  }
}

std::uint32_t BlockBytes(std::size_t size) {
  return size == 0 ? 0 : 3 + static_cast<std::uint32_t>(size);
}

std::uint32_t ListBytes(const MqttProperties& p) {
  return (p.session_expiry_s != 0 ? 5 : 0) + (p.message_expiry_s != 0 ? 5 : 0) +
         (p.maximum_packet_bytes != 0xFFFFFFFF ? 5 : 0) + (p.receive_maximum != 0xFFFF ? 3 : 0) +
         (p.topic_alias_maximum != 0 ? 3 : 0) + (p.topic_alias != 0 ? 3 : 0) +
         BlockBytes(p.content_type.size()) + BlockBytes(p.response_topic.size()) +
         BlockBytes(p.correlation.size());
}

void WriteBlock(Writer& writer, Id id, Bytes bytes) {
  if (bytes.empty()) return;
  writer.U8(id);
  writer.Block(bytes);
}

void WriteTwoBytes(Writer& writer, Id id, std::uint16_t value, std::uint16_t absent) {
  if (value == absent) return;
  writer.U8(id);
  writer.U16(value);
}

void WriteFourBytes(Writer& writer, Id id, std::uint32_t value, std::uint32_t absent) {
  if (value == absent) return;
  writer.U8(id);
  writer.U32(value);
}

}  // namespace

Result<MqttProperties> ParseMqttProperties(Bytes encoded) {
  MqttProperties properties;
  properties.encoded = encoded;
  std::uint64_t seen = 0;
  for (Reader reader(encoded); !reader.left().empty();) {
    const std::uint8_t id = reader.U8();
    const Form form = FormOf(id);
    if (form == Form::kUnknown) return Status::kInvalidArgument;
    const bool repeatable = id == kUserProperty || id == kSubscriptionId;
    if (!repeatable && (seen >> id & 1) != 0) return Status::kInvalidArgument;
    seen |= std::uint64_t{1} << id;
    const Value value = Read(reader, form);
    if (!reader.ok() || !Assign(properties, id, value)) return Status::kInvalidArgument;
  }
  return properties;
}

std::string_view MqttUserProperty(const MqttProperties& properties, std::string_view key) {
  for (Reader reader(properties.encoded); reader.ok() && !reader.left().empty();) {
    const std::uint8_t id = reader.U8();
    if (id != kUserProperty) {
      if (FormOf(id) == Form::kUnknown) break;
      Read(reader, FormOf(id));
    } else if (reader.Text() == key) {
      return reader.Text();
    } else {
      reader.Block();
    }
  }
  return {};
}

std::uint32_t MqttPropertiesBytes(const MqttProperties& properties) {
  const std::uint32_t list = ListBytes(properties);
  return VariableBytes(list) + list;
}

void WriteMqttProperties(Writer& writer, const MqttProperties& p) {
  writer.Variable(ListBytes(p));
  WriteFourBytes(writer, kSessionExpiry, p.session_expiry_s, 0);
  WriteFourBytes(writer, kMessageExpiry, p.message_expiry_s, 0);
  WriteFourBytes(writer, kMaximumPacket, p.maximum_packet_bytes, 0xFFFFFFFF);
  WriteTwoBytes(writer, kReceiveMaximum, p.receive_maximum, 0xFFFF);
  WriteTwoBytes(writer, kTopicAliasMaximum, p.topic_alias_maximum, 0);
  WriteTwoBytes(writer, kTopicAlias, p.topic_alias, 0);
  WriteBlock(writer, kContentType, AsBytes(p.content_type));
  WriteBlock(writer, kResponseTopic, AsBytes(p.response_topic));
  WriteBlock(writer, kCorrelation, p.correlation);
}

}  // namespace tinyfog::wire
