#include "echo_node.h"

#include <algorithm>

#include "clock.h"
#include "print.h"
#include "program.h"
#include "tinyfog/base/crc32.h"
#include "tinyfog/node/mqtt_link.h"

namespace tinyfog::board {

void EchoNode::Text::Add(std::string_view part) {
  const std::size_t count = std::min(part.size(), characters.size() - size);
  std::copy_n(part.begin(), count, characters.begin() + size);
  size += count;
}

void EchoNode::Text::AddHex(std::uint32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    Add({&"0123456789abcdef"[value >> shift & 15], 1});
  }
}

EchoNode::Text EchoNode::Topic(std::string_view tail) const {
  Text text;
  text.Add("tinyfog/v1/test/");
  text.Add(id_.view());
  text.Add(tail);
  return text;
}

EchoNode::EchoNode(const Lan9118::Address& address)
    : id_([&address] {
        Text id;
        id.Add("node-");
        for (const std::uint8_t byte : address) id.AddHex(byte, 2);
        return id;
      }()),
      state_topic_(Topic("/up/state")),
      down_filter_(Topic("/down/#")),
      client_(Config(), {receive_, control_, outbox_, {}}, *this) {
  static_cast<void>(client_.Subscribe(down_filter_.view(), 1));
}

node::MqttClientConfig EchoNode::Config() const {
  node::MqttClientConfig config;
  config.connect.client_id = id_.view();
  config.connect.will = {state_topic_.view(), wire::AsBytes("lost"), 1, true};
  config.connect.properties.session_expiry_s = 300;
  config.shortest_backoff_ms = 50;
  config.longest_backoff_ms = 1000;
  config.seed = Crc32(wire::AsBytes(id_.view()));
  return config;
}

Status EchoNode::Answer(std::string_view tail, wire::Bytes payload, std::uint8_t qos) {
  const Text topic = Topic(tail);
  node::MqttMessage message;
  message.topic = topic.view();
  message.payload = payload;
  message.qos = qos;
  message.retain = tail == "/up/state";
  return client_.Publish(message);
}

void EchoNode::OnOnline(bool) {
  Print("online at ", static_cast<std::uint32_t>(NowMs()), " ms, version ",
        static_cast<std::uint32_t>(client_.version()), "\n");
  static_cast<void>(Answer("/up/state", wire::AsBytes("online"), 1));
}

void EchoNode::OnOffline(node::MqttEnd end, wire::MqttReason reason) {
  Print("offline ", static_cast<std::uint32_t>(end), " ", static_cast<std::uint32_t>(reason), "\n");
}

Status EchoNode::OnMessage(const wire::MqttPublish& message) {
  is_stop_ = message.topic.ends_with("/down/stop");
  qos_ = message.qos;
  bytes_ = message.payload_bytes;
  crc_ = 0;
  return Status::kOk;
}

void EchoNode::OnPayload(std::uint32_t offset, wire::Bytes piece) {
  crc_ = Crc32(piece, crc_);
  if (bytes_ <= payload_.size()) std::copy(piece.begin(), piece.end(), payload_.begin() + offset);
}

Status EchoNode::OnMessageEnd() {
  if (is_stop_) {
    stopped_ = true;
    client_.Stop();
    return Status::kOk;
  }
  if (bytes_ <= payload_.size()) return Answer("/up/echo", {payload_.data(), bytes_}, qos_);
  Text text;
  text.AddHex(bytes_, 8);
  text.Add(" ");
  text.AddHex(crc_, 8);
  return Answer("/up/crc", wire::AsBytes(text.view()), qos_);
}

std::uint16_t ParsePort(const char* text) {
  std::uint32_t port = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    port = port * 10 + static_cast<std::uint32_t>(*text - '0');
  }
  return static_cast<std::uint16_t>(port);
}

void RunEchoNode(Network& network, hal::Stream& stream) {
  PaintStack();
  static EchoNode node(network.address());
  static node::MqttLink link(node.client(), stream);
  node.client().Start(NowMs());
  while (!node.stopped() || node.client().wants_transport()) {
    const bool received = network.Poll();
    if (link.Turn(NowMs()) || received) continue;
    SleepUntil(std::min(network.NextDeadline(), node.client().NextDeadline()));
  }
  Print("stopped, stack ", StackBytes(), "\n");
}

}  // namespace tinyfog::board
