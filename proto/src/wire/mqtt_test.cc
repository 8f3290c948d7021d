#include "tinyfog/wire/mqtt.h"

#include <gmock/gmock.h>

#include <array>
#include <optional>
#include <string>

namespace tinyfog::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

// The expected packets are put together by hand from the tables of the standard.
class MqttWriteTest : public ::testing::Test {
 protected:
  std::array<std::uint8_t, 256> buffer_;
  Writer writer_{buffer_};

  std::string Text() const { return std::string(AsText(writer_.written())); }
};

TEST_F(MqttWriteTest, ConnectOfVersion5) {
  MqttConnect connect;
  connect.client_id = "n1";
  connect.keep_alive_s = 10;
  connect.properties.session_expiry_s = 10;
  connect.will = {"w", AsBytes("x"), 1, true};
  connect.user = "u";
  connect.password = AsBytes("p");
  WriteMqttConnect(writer_, MqttVersion::k5, connect);
  const std::string expected(
      "\x10\x21\0\4MQTT\5\xEE\0\x0A\5\x11\0\0\0\x0A\0\2n1\0\0\1w\0\1x\0\1u\0\1p", 35);
  EXPECT_EQ(Text(), expected);
}

TEST_F(MqttWriteTest, ConnectOf311HasNoProperties) {
  MqttConnect connect;
  connect.client_id = "n1";
  connect.keep_alive_s = 10;
  connect.clean_start = false;
  connect.properties.session_expiry_s = 10;
  WriteMqttConnect(writer_, MqttVersion::k311, connect);
  EXPECT_EQ(Text(), std::string("\x10\x0E\0\4MQTT\4\0\0\x0A\0\2n1", 16));
}

TEST_F(MqttWriteTest, PublishHead) {
  MqttPublish publish;
  publish.topic = "a/b";
  publish.qos = 1;
  publish.retain = true;
  publish.duplicate = true;
  publish.packet_id = 0x0102;
  publish.payload_bytes = 200;
  publish.properties.topic_alias = 2;
  WriteMqttPublish(writer_, MqttVersion::k5, publish);
  EXPECT_EQ(Text(), std::string("\x3B\xD3\x01\0\3a/b\1\2\3\x23\0\2", 14));
  EXPECT_EQ(MqttPublishBytes(MqttVersion::k5, publish), writer_.size() + 200);
}

TEST_F(MqttWriteTest, SmallPackets) {
  WriteMqttPuback(writer_, MqttVersion::k5, 7, MqttReason::kQuotaExceeded);
  WriteMqttPuback(writer_, MqttVersion::k311, 7, MqttReason::kQuotaExceeded);
  WriteMqttPuback(writer_, MqttVersion::k5, 7, MqttReason::kSuccess);
  WriteMqttPingreq(writer_);
  WriteMqttDisconnect(writer_, MqttVersion::k311, MqttReason::kProtocolError);
  WriteMqttDisconnect(writer_, MqttVersion::k5, MqttReason::kProtocolError);
  EXPECT_THAT(writer_.written(), ElementsAre(0x40, 3, 0, 7, 0x97, 0x40, 2, 0, 7, 0x40, 2, 0, 7,
                                             0xC0, 0, 0xE0, 0, 0xE0, 1, 0x82));
}

TEST_F(MqttWriteTest, SubscribeAndUnsubscribe) {
  WriteMqttSubscribe(writer_, MqttVersion::k5, 1, "a/#", 1);
  WriteMqttSubscribe(writer_, MqttVersion::k311, 1, "a/#", 1);
  WriteMqttUnsubscribe(writer_, MqttVersion::k5, 2, "a");
  WriteMqttUnsubscribe(writer_, MqttVersion::k311, 2, "a");
  EXPECT_EQ(Text(), std::string("\x82\x09\0\1\0\0\3a/#\1"
                                "\x82\x08\0\1\0\3a/#\1"
                                "\xA2\x06\0\2\0\0\1a"
                                "\xA2\x05\0\2\0\1a",
                                36));
}

// What `body`, which must stay, is read as.
std::optional<MqttAnswer> Parse(MqttVersion version, MqttPacket type, Bytes body) {
  MqttAnswer answer;
  if (ParseMqttAnswer(version, type, body, answer) != Status::kOk) return std::nullopt;
  return answer;
}

TEST(MqttParse, Connack) {
  const std::uint8_t plain[] = {1, 0};
  const auto old = Parse(MqttVersion::k311, MqttPacket::kConnack, plain);
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->session_present);
  EXPECT_EQ(old->reason, MqttReason::kSuccess);
  const std::uint8_t refused[] = {0, 1};
  EXPECT_EQ(Parse(MqttVersion::k5, MqttPacket::kConnack, refused)->reason,
            MqttReason::kUnsupportedVersion);
  const std::uint8_t five[] = {0, 0, 6, 33, 0, 20, 34, 0, 10};
  const auto connack = Parse(MqttVersion::k5, MqttPacket::kConnack, five);
  ASSERT_TRUE(connack);
  EXPECT_EQ(connack->properties.receive_maximum, 20);
  EXPECT_EQ(connack->properties.topic_alias_maximum, 10);
  EXPECT_FALSE(Parse(MqttVersion::k311, MqttPacket::kConnack, five));
  const std::uint8_t flags[] = {2, 0};
  EXPECT_FALSE(Parse(MqttVersion::k5, MqttPacket::kConnack, flags));
}

TEST(MqttParse, Acknowledgements) {
  const std::uint8_t puback[] = {0, 7};
  EXPECT_EQ(Parse(MqttVersion::k5, MqttPacket::kPuback, puback)->packet_id, 7);
  const std::uint8_t with_reason[] = {0, 7, 0x87, 4, 31, 0, 1, 'r'};
  const auto ack = Parse(MqttVersion::k5, MqttPacket::kPuback, with_reason);
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->reason, MqttReason::kNotAuthorized);
  EXPECT_EQ(ack->properties.reason, "r");
  EXPECT_FALSE(Parse(MqttVersion::k311, MqttPacket::kPuback, with_reason));
  const std::uint8_t suback[] = {0, 7, 0, 1};
  EXPECT_EQ(Parse(MqttVersion::k5, MqttPacket::kSuback, suback)->reason, MqttReason{1});
  const std::uint8_t old_suback[] = {0, 7, 0x80};
  EXPECT_EQ(Parse(MqttVersion::k311, MqttPacket::kSuback, old_suback)->reason,
            MqttReason::kFailure);
  const std::uint8_t unsuback[] = {0, 7};
  EXPECT_TRUE(Parse(MqttVersion::k311, MqttPacket::kUnsuback, unsuback));
  EXPECT_FALSE(Parse(MqttVersion::k5, MqttPacket::kUnsuback, unsuback));
  const std::uint8_t zero[] = {0, 0};
  EXPECT_FALSE(Parse(MqttVersion::k5, MqttPacket::kPuback, zero));
}

TEST(MqttParse, Disconnect) {
  EXPECT_EQ(Parse(MqttVersion::k5, MqttPacket::kDisconnect, {})->reason, MqttReason::kSuccess);
  const std::uint8_t taken_over[] = {0x8E};
  EXPECT_EQ(Parse(MqttVersion::k5, MqttPacket::kDisconnect, taken_over)->reason, MqttReason{0x8E});
  const std::uint8_t truncated[] = {0x8E, 5, 31};
  EXPECT_FALSE(Parse(MqttVersion::k5, MqttPacket::kDisconnect, truncated));
}

TEST(MqttTopic, WildcardsAndZeroBytesAreNoTopics) {
  EXPECT_TRUE(IsMqttTopic("a/b"));
  for (const std::string_view bad : {std::string_view(""), std::string_view("a/#"),
                                     std::string_view("+/a"), std::string_view("a\0b", 3)}) {
    EXPECT_FALSE(IsMqttTopic(bad));
  }
}

}  // namespace
}  // namespace tinyfog::wire
