#include "tinyfog/wire/mqtt_properties.h"

#include "field.h"

namespace tinyfog::wire {
namespace {

// Written as a variable byte integer; the others as TakeValue has them.
constexpr std::uint8_t kVariable = Field::kOther;

enum Rule : std::uint8_t {
  kPassed = 1,   // nodes do not use it
  kRepeats = 2,  // any number of times
  kNotZero = 4,
  kFlag = 8,    // 0 or 1
  kLimit = 16,  // absent is the greatest number, not 0
  kPair = 32,   // a text before the value
};

struct Property {
  std::uint8_t id;
  std::uint8_t rules;
  Field field;
};

constexpr std::uint8_t kServerKeepAlive = 19;
constexpr std::uint8_t kUserProperty = 38;

// The first ones are what nodes write, in that order.
constexpr std::size_t kWritten = 9;
constexpr Property kProperties[] = {
    {17, 0, TINYFOG_FIELD(MqttProperties, session_expiry_s)},
    {2, 0, TINYFOG_FIELD(MqttProperties, message_expiry_s)},
    {39, kLimit | kNotZero, TINYFOG_FIELD(MqttProperties, maximum_packet_bytes)},
    {33, kLimit | kNotZero, TINYFOG_FIELD(MqttProperties, receive_maximum)},
    {34, 0, TINYFOG_FIELD(MqttProperties, topic_alias_maximum)},
    {35, kNotZero, TINYFOG_FIELD(MqttProperties, topic_alias)},
    {3, 0, TINYFOG_FIELD(MqttProperties, content_type)},
    {8, 0, TINYFOG_FIELD(MqttProperties, response_topic)},
    {9, 0, TINYFOG_FIELD(MqttProperties, correlation)},
    {18, 0, TINYFOG_FIELD(MqttProperties, assigned_client_id)},
    {kServerKeepAlive, 0, TINYFOG_FIELD(MqttProperties, server_keep_alive_s)},
    {31, 0, TINYFOG_FIELD(MqttProperties, reason)},
    {36, kFlag, TINYFOG_FIELD(MqttProperties, maximum_qos)},
    {37, kFlag, TINYFOG_FIELD(MqttProperties, retain_available)},
    {kUserProperty, kPassed | kRepeats | kPair, {Field::kText, 0}},
    {1, kPassed, {Field::kU8, 0}},             // payload format
    {11, kPassed | kRepeats, {kVariable, 0}},  // subscription identifier
    {21, kPassed, {Field::kText, 0}},          // authentication method
    {22, kPassed, {Field::kBytes, 0}},         // authentication data
    {23, kPassed, {Field::kU8, 0}},            // request problem information
    {24, kPassed, {Field::kU32, 0}},           // will delay
    {25, kPassed, {Field::kU8, 0}},            // request response information
    {26, kPassed, {Field::kText, 0}},          // response information
    {28, kPassed, {Field::kText, 0}},          // server reference
    {40, kPassed, {Field::kU8, 0}},            // wildcard subscription available
    {41, kPassed, {Field::kU8, 0}},            // subscription identifiers available
    {42, kPassed, {Field::kU8, 0}},            // shared subscription available
};

// The next property of a list, and the key of a pair; null when it is unknown or truncated.
const Property* Next(Reader& reader, FieldValue& value, Bytes& key) {
  const std::uint8_t id = reader.U8();
  for (const Property& property : kProperties) {
    if (property.id != id) continue;
    if ((property.rules & kPair) != 0) key = reader.Block();
    if (property.field.kind == kVariable) {
      reader.Variable();
    } else {
      value = TakeValue(reader, property.field);
    }
    return reader.ok() ? &property : nullptr;
  }
  return nullptr;
}

bool IsAllowed(std::uint8_t rules, std::uint64_t number) {
  return (number != 0 || (rules & kNotZero) == 0) && (number <= 1 || (rules & kFlag) == 0);
}

void WriteList(Writer& writer, const MqttProperties& properties) {
  for (const Property& property : std::span(kProperties).first<kWritten>()) {
    const FieldValue value = ValueOf(&properties, property.field);
    std::uint32_t absent = 0;
    if ((property.rules & kLimit) != 0) {
      absent = property.field.kind == Field::kU16 ? 0xFFFF : 0xFFFFFFFF;
    }
    if (value.number == absent && value.bytes.empty()) continue;
    writer.U8(property.id);
    PutValue(writer, property.field, value);
  }
}

}  // namespace

Status ParseMqttProperties(Bytes encoded, MqttProperties& properties) {
  properties = {};
  properties.encoded = encoded;
  std::uint32_t seen = 0;
  FieldValue value;
  Bytes key;
  for (Reader reader(encoded); !reader.left().empty();) {
    const Property* const property = Next(reader, value, key);
    if (property == nullptr) return Status::kInvalidArgument;
    const std::uint32_t bit = 1u << (property - kProperties);
    const bool is_repeated = (seen & bit) != 0 && (property->rules & kRepeats) == 0;
    if (is_repeated || !IsAllowed(property->rules, value.number)) return Status::kInvalidArgument;
    seen |= bit;
    if (property->id == kServerKeepAlive) properties.has_server_keep_alive = true;
    if ((property->rules & kPassed) == 0) {
      static_cast<void>(Assign(&properties, property->field, value));
    }
  }
  return Status::kOk;
}

std::string_view MqttUserProperty(const MqttProperties& properties, std::string_view key) {
  FieldValue value;
  Bytes key_read;
  for (Reader reader(properties.encoded); !reader.left().empty();) {
    const Property* const property = Next(reader, value, key_read);
    if (property == nullptr) break;
    if (property->id == kUserProperty && AsText(key_read) == key) return AsText(value.bytes);
  }
  return {};
}

void WriteMqttProperties(Writer& writer, const MqttProperties& properties) {
  Writer counter;
  WriteList(counter, properties);
  writer.Variable(static_cast<std::uint32_t>(counter.size()));
  WriteList(writer, properties);
}

}  // namespace tinyfog::wire
