#include "scripted_broker.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tinyfog::node::testing {

using wire::MqttPacket;
using wire::MqttVersion;

bool ScriptedBroker::Pump(std::uint64_t now_ms) {
  client_.Tick(now_ms);
  bool has_moved = false;
  if (client_.wants_transport() && !is_open_) {
    has_moved = true;
    if (!accepts) {
      client_.TransportClosed();
      return true;
    }
    is_open_ = true;
    received_.clear();
    to_feed_.clear();
    client_.TransportOpened();
  }
  std::array<std::uint8_t, 200> piece;
  while (const std::size_t n = client_.Pull(piece)) {
    received_.append(piece.begin(), piece.begin() + n);
    while (TakePacket()) {
    }
    has_moved = true;
  }
  if (!to_feed_.empty()) Write("");
  if (is_open_ && !client_.wants_transport()) {
    is_open_ = false;
    client_.TransportClosed();
    has_moved = true;
  }
  return has_moved;
}

void ScriptedBroker::Break() {
  is_open_ = false;
  client_.TransportClosed();
}

// What the client does not take now comes again behind the next Pull.
void ScriptedBroker::Write(const std::string& bytes) {
  to_feed_ += bytes;
  const std::string now = std::exchange(to_feed_, {});
  const std::size_t taken = client_.Receive(wire::AsBytes(now));
  to_feed_ = now.substr(taken) + to_feed_;
}

void ScriptedBroker::Feed(wire::Bytes bytes) {
  Write(std::string(wire::AsText(bytes)));
}

void ScriptedBroker::Publish(std::uint64_t now_ms, const std::string& topic,
                             const std::string& payload, std::uint8_t qos,
                             const wire::MqttProperties& properties, bool retain) {
  std::vector<std::uint8_t> buffer(2048);
  wire::Writer writer(buffer);
  wire::MqttPublish publish;
  publish.topic = topic;
  publish.qos = qos;
  publish.retain = retain;
  publish.packet_id = qos > 0 ? ++last_id_ : 0;
  publish.payload_bytes = static_cast<std::uint32_t>(payload.size());
  publish.properties = properties;
  WriteMqttPublish(writer, version_, publish);
  ASSERT_TRUE(writer.ok());
  Write(std::string(wire::AsText(writer.written())) + payload);
  Pump(now_ms);
}

bool ScriptedBroker::TakePacket() {
  wire::Reader reader(wire::AsBytes(received_));
  const std::uint8_t first = reader.U8();
  const std::uint32_t length = reader.Variable();
  const wire::Bytes body = reader.Take(length);
  if (!reader.ok()) return false;
  const std::string packet(wire::AsText(body));
  received_.erase(0, received_.size() - reader.left().size());
  Answer(first, wire::AsBytes(packet));
  return true;
}

wire::MqttProperties ScriptedBroker::TakeProperties(wire::Reader& reader) const {
  wire::MqttProperties properties;
  if (version_ == MqttVersion::k311) return properties;
  const std::uint32_t bytes = reader.Variable();
  EXPECT_EQ(wire::ParseMqttProperties(reader.Take(bytes), properties), Status::kOk);
  return properties;
}

void ScriptedBroker::Answer(std::uint8_t first, wire::Bytes body) {
  switch (static_cast<MqttPacket>(first >> 4)) {
    case MqttPacket::kConnect:
      return OnConnect(body);
    case MqttPacket::kPublish:
      return OnPublish(first, body);
    case MqttPacket::kSubscribe:
    case MqttPacket::kUnsubscribe:
      return OnFilter(first, body);
    case MqttPacket::kPuback:
      return reasons.push_back(body.size() > 2 ? body[2] : 0);
    case MqttPacket::kPingreq:
      return Write(std::string("\xD0\0", 2));
    case MqttPacket::kDisconnect:
      was_disconnected = true;
      return;
    default:
      ADD_FAILURE() << "packet of type " << (first >> 4);
  }
}

void ScriptedBroker::OnConnect(wire::Bytes body) {
  wire::Reader reader(body);
  reader.Text();
  const auto level = static_cast<MqttVersion>(reader.U8());
  if (level != version_) return Write(std::string("\x20\2\0\1", 4));
  const std::uint8_t flags = reader.U8();
  reader.U16();
  was_clean = (flags & 2) != 0;
  TakeProperties(reader);
  reader.Text();
  if ((flags & 4) != 0) {
    TakeProperties(reader);
    will.topic = reader.Text();
    will.payload = wire::AsText(reader.Block());
    will.qos = flags >> 3 & 3;
    will.retain = (flags & 0x20) != 0;
  }
  EXPECT_TRUE(reader.ok());
  const std::string present(1, static_cast<char>(was_clean ? 0 : 1));
  if (was_clean) filters.clear();
  Write(version_ == MqttVersion::k5 ? "\x20\3" + present + std::string(2, 0)
                                            : "\x20\2" + present + std::string(1, 0));
}

void ScriptedBroker::OnPublish(std::uint8_t first, wire::Bytes body) {
  wire::Reader reader(body);
  Sent sent;
  sent.topic = reader.Text();
  sent.qos = first >> 1 & 3;
  sent.retain = (first & 1) != 0;
  const std::uint16_t id = sent.qos > 0 ? reader.U16() : 0;
  const wire::MqttProperties properties = TakeProperties(reader);
  sent.correlation = wire::AsText(properties.correlation);
  sent.expiry_s = properties.message_expiry_s;
  EXPECT_TRUE(reader.ok());
  sent.payload = wire::AsText(reader.left());
  messages.push_back(sent);
  if (sent.qos == 0 || !acknowledges) return;
  Write(std::string{0x40, 2, static_cast<char>(id >> 8), static_cast<char>(id)});
}

void ScriptedBroker::OnFilter(std::uint8_t first, wire::Bytes body) {
  wire::Reader reader(body);
  const std::uint16_t id = reader.U16();
  TakeProperties(reader);
  const std::string filter(reader.Text());
  std::erase(filters, filter);
  const bool joins = static_cast<MqttPacket>(first >> 4) == MqttPacket::kSubscribe;
  const bool is_refused = joins && !subscribes;
  if (joins && !is_refused) filters.push_back(filter);
  std::string answer{static_cast<char>(joins ? 0x90 : 0xB0), 0, static_cast<char>(id >> 8),
                     static_cast<char>(id)};
  if (version_ == MqttVersion::k5) answer += '\0';
  if (joins || version_ == MqttVersion::k5) answer += static_cast<char>(is_refused ? 0x80 : joins);
  answer[1] = static_cast<char>(answer.size() - 2);
  Write(answer);
}

std::optional<Sent> ScriptedBroker::Last(std::string_view end) const {
  for (auto m = messages.rbegin(); m != messages.rend(); ++m) {
    if (m->topic.ends_with(end)) return *m;
  }
  return std::nullopt;
}

std::size_t ScriptedBroker::Count(std::string_view end) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      messages, [end](const Sent& sent) { return sent.topic.ends_with(end); }));
}

}  // namespace tinyfog::node::testing
