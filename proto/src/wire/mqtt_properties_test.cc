#include "tinyfog/wire/mqtt_properties.h"

#include <gmock/gmock.h>

#include <array>
#include <optional>
#include <vector>

namespace tinyfog::wire {
namespace {

// What `bytes`, which must stay, are read as.
std::optional<MqttProperties> Parse(Bytes bytes) {
  MqttProperties properties;
  if (ParseMqttProperties(bytes, properties) != Status::kOk) return std::nullopt;
  return properties;
}
bool IsList(std::vector<std::uint8_t> bytes) { return Parse(bytes).has_value(); }

TEST(MqttProperties, WhatIsWrittenIsReadBack) {
  MqttProperties in;
  in.session_expiry_s = 3600;
  in.message_expiry_s = 7;
  in.maximum_packet_bytes = 65536;
  in.receive_maximum = 8;
  in.topic_alias_maximum = 4;
  in.topic_alias = 3;
  in.content_type = "application/json";
  in.response_topic = "reply/me";
  const std::uint8_t correlation[] = {1, 2, 3};
  in.correlation = correlation;
  std::array<std::uint8_t, 128> buffer;
  Writer writer(buffer);
  WriteMqttProperties(writer, in);
  ASSERT_TRUE(writer.ok());
  Reader reader(writer.written());
  const auto out = Parse(reader.Take(reader.Variable()));
  ASSERT_TRUE(out && reader.ok() && reader.left().empty());
  EXPECT_EQ(out->session_expiry_s, 3600u);
  EXPECT_EQ(out->message_expiry_s, 7u);
  EXPECT_EQ(out->maximum_packet_bytes, 65536u);
  EXPECT_EQ(out->receive_maximum, 8);
  EXPECT_EQ(out->topic_alias_maximum, 4);
  EXPECT_EQ(out->topic_alias, 3);
  EXPECT_EQ(out->content_type, "application/json");
  EXPECT_EQ(out->response_topic, "reply/me");
  EXPECT_THAT(out->correlation, ::testing::ElementsAre(1, 2, 3));
}

TEST(MqttProperties, NoneIsOneByte) {
  std::array<std::uint8_t, 4> buffer;
  Writer writer(buffer);
  WriteMqttProperties(writer, {});
  EXPECT_THAT(writer.written(), ::testing::ElementsAre(0));
}

TEST(MqttProperties, UserPropertiesAreFoundByKey) {
  const std::uint8_t list[] = {31,  0,  1,    'r', 38, 0, 1, 'a', 0, 2, 'x',
                               'y', 11, 0x80, 1,   38, 0, 1, 'b', 0, 1, 'z'};
  const auto properties = Parse(list);
  ASSERT_TRUE(properties);
  EXPECT_EQ(properties->reason, "r");
  EXPECT_EQ(MqttUserProperty(*properties, "a"), "xy");
  EXPECT_EQ(MqttUserProperty(*properties, "b"), "z");
  EXPECT_EQ(MqttUserProperty(*properties, "c"), "");
}

TEST(MqttProperties, MalformedListsAreRefused) {
  EXPECT_FALSE(IsList({0, 0})) << "unknown";
  EXPECT_FALSE(IsList({127, 0})) << "unknown";
  EXPECT_FALSE(IsList({33, 0})) << "truncated number";
  EXPECT_FALSE(IsList({3, 0, 9, 'a'})) << "truncated text";
  EXPECT_FALSE(IsList({35, 0, 1, 35, 0, 1})) << "repeated";
  EXPECT_FALSE(IsList({35, 0, 0})) << "alias 0";
  EXPECT_FALSE(IsList({33, 0, 0})) << "receive maximum 0";
  EXPECT_FALSE(IsList({39, 0, 0, 0, 0})) << "maximum packet 0";
  EXPECT_FALSE(IsList({36, 2})) << "maximum QoS 2";
  EXPECT_FALSE(IsList({38, 0, 1, 'a'})) << "half a pair";
}

}  // namespace
}  // namespace tinyfog::wire
