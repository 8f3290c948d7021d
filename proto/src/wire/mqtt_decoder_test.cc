#include "tinyfog/wire/mqtt_decoder.h"

#include <gmock/gmock.h>

#include <array>
#include <string>
#include <vector>

namespace tinyfog::wire {
namespace {

using Event = MqttDecoder::Event;

// A packet: its first byte, remaining length and body.
std::string Packet(std::uint8_t first, const std::string& body) {
  std::array<std::uint8_t, 4> buffer;
  Writer writer(buffer);
  writer.Variable(static_cast<std::uint32_t>(body.size()));
  return std::string(1, static_cast<char>(first)) + std::string(AsText(writer.written())) + body;
}

// What a stream decodes to, one line for each packet.
struct Log {
  std::vector<std::string> lines;
  Event error = Event::kMore;  // none
};

Log Decode(const std::string& stream, MqttVersion version, std::size_t piece,
           std::size_t capacity = 64) {
  std::vector<std::uint8_t> buffer(capacity);
  MqttDecoder decoder(buffer);
  decoder.Reset(version);
  Log log;
  std::string payload;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    Bytes input = AsBytes(std::string_view(stream).substr(at, piece));
    while (true) {
      const Event event = decoder.Next(input);
      if (event == Event::kMalformed || event == Event::kTooLarge) {
        log.error = event;
        return log;
      }
      if (event == Event::kMore) break;
      const MqttPublish& p = decoder.publish();
      if (event == Event::kPacket) {
        log.lines.push_back(std::to_string(static_cast<int>(decoder.type())) + ":" +
                            std::string(AsText(decoder.body())));
      } else if (event == Event::kPublish) {
        payload = (decoder.is_cut() ? "cut" : std::string(p.topic)) + " q" + std::to_string(p.qos) +
                  " id" + std::to_string(p.packet_id) + " a" +
                  std::to_string(p.properties.topic_alias) + " n" +
                  std::to_string(p.payload_bytes) + " ";
      } else if (event == Event::kPayload) {
        payload += AsText(decoder.payload());
      } else {
        log.lines.push_back(payload);
      }
    }
  }
  return log;
}

TEST(MqttDecoder, PiecesOfAnySizeGiveTheSame) {
  const std::string stream = Packet(0x20, std::string("\0\0\0", 3)) +
                             Packet(0x30, std::string("\0\3a/b\0hello", 11)) +
                             Packet(0x32, std::string("\0\1t\0\7\3\x23\0\2", 9)) +
                             Packet(0xD0, "") + Packet(0x30, std::string("\0\0\3\x23\0\2!", 7));
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    const Log log = Decode(stream, MqttVersion::k5, piece);
    EXPECT_EQ(log.error, Event::kMore);
    EXPECT_THAT(log.lines,
                ::testing::ElementsAre(std::string("2:\0\0\0", 5), "a/b q0 id0 a0 n5 hello",
                                       "t q1 id7 a2 n0 ", "13:", " q0 id0 a2 n1 !"))
        << "pieces of " << piece;
  }
}

TEST(MqttDecoder, Publish311HasNoProperties) {
  const Log log = Decode(Packet(0x3B, std::string("\0\1t\0\7xyz", 8)), MqttVersion::k311, 3);
  EXPECT_THAT(log.lines, ::testing::ElementsAre("t q1 id7 a0 n3 xyz"));
}

TEST(MqttDecoder, PayloadsMayBeLargerThanTheBuffer) {
  const std::string body(300000, 'x');
  const Log log = Decode(Packet(0x30, std::string("\0\1t\0", 4) + body), MqttVersion::k5, 1460, 8);
  ASSERT_EQ(log.lines.size(), 1u);
  EXPECT_EQ(log.lines[0], "t q0 id0 a0 n300000 " + body);
}

TEST(MqttDecoder, AHeadThatDoesNotFitIsCutAndTheStreamGoesOn) {
  const std::string topic(100, 't');
  const std::string stream =
      Packet(0x32, std::string("\0\x64", 2) + topic + std::string("\0\5\0p", 4)) +
      Packet(0x30, std::string("\0\1t\0z", 5));
  EXPECT_THAT(Decode(stream, MqttVersion::k5, 7).lines,
              ::testing::ElementsAre("cut q1 id5 a0 n1 p", "t q0 id0 a0 n1 z"));
}

TEST(MqttDecoder, OtherPacketsMustFit) {
  const Log log = Decode(Packet(0x20, std::string(100, '\0')), MqttVersion::k5, 7);
  EXPECT_EQ(log.error, Event::kTooLarge);
}

TEST(MqttDecoder, WhatAServerMustNotSendIsRefused) {
  const struct {
    const char* what;
    std::string stream;
    MqttVersion version = MqttVersion::k5;
  } cases[] = {
      {"CONNECT", Packet(0x10, "")},
      {"PUBREC", Packet(0x50, std::string("\0\1", 2))},
      {"AUTH", Packet(0xF0, "")},
      {"type 0", Packet(0x00, "")},
      {"flags of PUBACK", Packet(0x41, std::string("\0\1", 2))},
      {"QoS 2", Packet(0x34, std::string("\0\1t\0\1\0", 6))},
      {"QoS 3", Packet(0x36, std::string("\0\1t\0\1\0", 6))},
      {"duplicate of QoS 0", Packet(0x38, std::string("\0\1t\0", 4))},
      {"topic longer than the packet", Packet(0x30, std::string("\0\5t\0", 4))},
      {"packet of no bytes", Packet(0x30, "")},
      {"packet identifier 0", Packet(0x32, std::string("\0\1t\0\0\0", 6))},
      {"no packet identifier", Packet(0x32, std::string("\0\1t\0", 4))},
      {"no property length", Packet(0x30, std::string("\0\1t", 3))},
      {"properties longer than the packet", Packet(0x30, std::string("\0\1t\5", 4))},
      {"empty topic without alias", Packet(0x30, std::string("\0\0\0", 3))},
      {"wildcard in a topic", Packet(0x30, std::string("\0\1#\0", 4))},
      {"length of five bytes", std::string("\x30\xFF\xFF\xFF\xFF\x01", 6)},
      {"DISCONNECT in 3.1.1", Packet(0xE0, ""), MqttVersion::k311},
      {"empty topic in 3.1.1", Packet(0x30, std::string("\0\0", 2)), MqttVersion::k311},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Decode(c.stream, c.version, 1).error, Event::kMalformed) << c.what;
  }
}

}  // namespace
}  // namespace tinyfog::wire
