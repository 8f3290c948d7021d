#include "tinyfog/wire/mqtt_properties.h"

#include <gmock/gmock.h>

#include <array>

namespace tinyfog::wire {
namespace {

Result<MqttProperties> Parse(std::vector<std::uint8_t> bytes) {
  static std::vector<std::uint8_t> kept;
  kept = std::move(bytes);
  return ParseMqttProperties(kept);
}

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
  EXPECT_EQ(writer.size(), MqttPropertiesBytes(in));
  Reader reader(writer.written());
  const auto out = ParseMqttProperties(reader.Take(reader.Variable()));
  ASSERT_TRUE(out.ok() && reader.ok() && reader.left().empty());
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
  const auto properties =
      Parse({31, 0, 1, 'r', 38, 0, 1, 'a', 0, 2, 'x', 'y', 11, 0x80, 1, 38, 0, 1, 'b', 0, 1, 'z'});
  ASSERT_TRUE(properties.ok());
  EXPECT_EQ(properties->reason, "r");
  EXPECT_EQ(MqttUserProperty(*properties, "a"), "xy");
  EXPECT_EQ(MqttUserProperty(*properties, "b"), "z");
  EXPECT_EQ(MqttUserProperty(*properties, "c"), "");
}

TEST(MqttProperties, MalformedListsAreRefused) {
  EXPECT_FALSE(Parse({0, 0}).ok()) << "unknown";
  EXPECT_FALSE(Parse({127, 0}).ok()) << "unknown";
  EXPECT_FALSE(Parse({33, 0}).ok()) << "truncated number";
  EXPECT_FALSE(Parse({3, 0, 9, 'a'}).ok()) << "truncated text";
  EXPECT_FALSE(Parse({35, 0, 1, 35, 0, 1}).ok()) << "repeated";
  EXPECT_FALSE(Parse({35, 0, 0}).ok()) << "alias 0";
  EXPECT_FALSE(Parse({33, 0, 0}).ok()) << "receive maximum 0";
  EXPECT_FALSE(Parse({39, 0, 0, 0, 0}).ok()) << "maximum packet 0";
  EXPECT_FALSE(Parse({36, 2}).ok()) << "maximum QoS 2";
  EXPECT_FALSE(Parse({38, 0, 1, 'a'}).ok()) << "half a pair";
}

}  // namespace
}  // namespace tinyfog::wire
