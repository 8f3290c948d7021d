#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <map>
#include <string>

#include "broker.h"
#include "mqtt_client.h"
#include "old_broker.h"
#include "socket_stream.h"
#include "tinyfog/node/mqtt_link.h"

// The node's MQTT client in a process, against a real broker.
namespace tinyfog::board {
namespace {

using testing::Broker;

std::uint64_t NowMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

// Its link with a broker, and what it has heard.
class Node final : public node::MqttHandler {
 public:
  Node(const std::string& address, int port, const node::MqttClientConfig& config)
      : stream_(address, static_cast<std::uint16_t>(port)),
        client_(config, {receive_, control_, outbox_, aliases_}, *this),
        link_(client_, stream_) {
    client_.Start(NowMs());
  }

  // Runs until `condition` holds; false after a generous bound.
  template <class Condition>
  bool Until(Condition condition) {
    const std::uint64_t end = NowMs() + 30000;
    while (!condition()) {
      const std::uint64_t now = NowMs();
      if (now > end) return false;
      if (link_.Turn(now)) continue;
      const std::uint64_t next = client_.NextDeadline();
      const std::uint64_t wait = next > now ? std::min<std::uint64_t>(next - now, 20) : 0;
      stream_.Wait(static_cast<int>(wait), link_.has_unsent());
    }
    return true;
  }
  Status Publish(const std::string& topic, wire::Bytes payload, std::uint8_t qos,
                 bool borrow = false) {
    node::MqttMessage message;
    message.topic = topic;
    message.payload = payload;
    message.qos = qos;
    message.borrow = borrow;
    message.content_type = "text/plain";
    message.token = ++published;
    return client_.Publish(message);
  }
  node::MqttClient& client() { return client_; }
  void Vanish() { stream_.Close(); }

  void OnOnline(bool) override { ++onlines; }
  void OnOffline(node::MqttEnd, wire::MqttReason) override {}
  Status OnMessage(const wire::MqttPublish& message) override {
    current_ = std::string(message.topic);
    received[current_].clear();
    return Status::kOk;
  }
  void OnPayload(std::uint32_t offset, wire::Bytes piece) override {
    EXPECT_EQ(offset, received[current_].size());
    received[current_] += wire::AsText(piece);
    ++pieces;
  }
  Status OnMessageEnd() override {
    ++messages;
    return Status::kOk;
  }
  void OnDelivered(std::uint32_t token, wire::MqttReason reason) override {
    EXPECT_FALSE(Failed(reason));
    delivered = token;
  }
  void OnSubscribed(std::string_view, wire::MqttReason reason) override {
    EXPECT_FALSE(Failed(reason));
    ++subscribed;
  }

  std::map<std::string, std::string> received;
  int onlines = 0, messages = 0, subscribed = 0, pieces = 0;
  std::uint32_t published = 0, delivered = 0;

 private:
  std::string current_;
  std::array<std::uint8_t, 256> receive_{};
  std::array<std::uint8_t, 256> control_{};
  std::array<std::uint8_t, 4096> outbox_{};
  std::array<std::uint8_t, 256> aliases_{};
  SocketStream stream_;
  node::MqttClient client_;
  node::MqttLink link_;
};

node::MqttClientConfig Config() {
  node::MqttClientConfig config;
  config.connect.client_id = "n1";
  config.connect.properties.session_expiry_s = 300;
  config.shortest_backoff_ms = 20;
  config.longest_backoff_ms = 200;
  config.connect.will = {"n1/state", wire::AsBytes("lost"), 1, false};
  return config;
}

class NodeBrokerTest : public ::testing::Test {
 protected:
  Broker broker_;
};

TEST_F(NodeBrokerTest, TalksBothWaysWithBothQualities) {
  testing::MqttClient peer(broker_.uri(), {"n1/up/#"});
  Node node("127.0.0.1", broker_.port(), Config());
  ASSERT_EQ(node.client().Subscribe("n1/down/#", 1), Status::kOk);
  ASSERT_TRUE(node.Until([&] { return node.subscribed == 1; }));
  EXPECT_EQ(node.client().version(), wire::MqttVersion::k5);
  for (const std::uint8_t qos : {0, 1}) {
    ASSERT_EQ(node.Publish("n1/up/a", wire::AsBytes("hello"), qos), Status::kOk);
    ASSERT_TRUE(node.Until([&] { return node.delivered == node.published; }));
    const auto up = peer.Next();
    ASSERT_TRUE(up.has_value());
    EXPECT_EQ(up->payload, "hello");
    EXPECT_EQ(up->content_type, "text/plain");

    mqtt::Message down;
    down.topic = "n1/down/" + std::to_string(qos);
    down.payload = "hi";
    down.qos = qos;
    peer.Publish(down);
    ASSERT_TRUE(node.Until([&] { return node.messages == qos + 1; }));
    EXPECT_EQ(node.received[down.topic], "hi");
  }
}

TEST_F(NodeBrokerTest, FallsBackToABrokerThatKnowsOnly311) {
  testing::OldBroker old(broker_.port());
  const int port = std::stoi(old.uri().substr(old.uri().rfind(':') + 1));
  testing::MqttClient peer(broker_.uri(), {"n1/up/#"});
  Node node("127.0.0.1", port, Config());
  ASSERT_EQ(node.client().Subscribe("n1/up/a", 1), Status::kOk);
  ASSERT_TRUE(node.Until([&] { return node.subscribed == 1; }));
  EXPECT_EQ(node.client().version(), wire::MqttVersion::k311);
  EXPECT_EQ(old.refused(), 1);
  ASSERT_EQ(node.Publish("n1/up/a", wire::AsBytes("hello"), 1), Status::kOk);
  ASSERT_TRUE(node.Until([&] { return node.delivered == 1 && node.messages == 1; }));
  EXPECT_EQ(node.received["n1/up/a"], "hello");
  EXPECT_EQ(peer.Next().value_or(mqtt::Message{}).payload, "hello");
}

TEST_F(NodeBrokerTest, LargePayloadsPassInPieces) {
  const std::vector<std::uint8_t> large = [] {
    std::vector<std::uint8_t> bytes(100 * 1024);
    std::uint32_t x = 1;
    for (std::uint8_t& b : bytes)
      b = static_cast<std::uint8_t>((x = x * 1664525 + 1013904223) >> 24);
    return bytes;
  }();
  Node node("127.0.0.1", broker_.port(), Config());
  ASSERT_EQ(node.client().Subscribe("n1/echo", 1), Status::kOk);
  ASSERT_TRUE(node.Until([&] { return node.subscribed == 1; }));
  ASSERT_EQ(node.Publish("n1/echo", large, 1), Status::kResourceExhausted)
      << "more than the outbox";
  ASSERT_EQ(node.Publish("n1/echo", large, 1, true), Status::kOk);
  ASSERT_TRUE(node.Until([&] { return node.messages == 1; }));
  EXPECT_EQ(node.received["n1/echo"], std::string(large.begin(), large.end()));
  EXPECT_GT(node.pieces, 100);
}

TEST_F(NodeBrokerTest, TheWillComesWhenTheNodeVanishes) {
  testing::MqttClient peer(broker_.uri(), {"n1/state"});
  Node node("127.0.0.1", broker_.port(), Config());
  ASSERT_TRUE(node.Until([&] { return node.onlines == 1; }));
  node.Vanish();
  const auto will = peer.Next();
  ASSERT_TRUE(will.has_value());
  EXPECT_EQ(will->payload, "lost");
}

TEST_F(NodeBrokerTest, ComesBackAfterARestartOfTheBroker) {
  Node node("127.0.0.1", broker_.port(), Config());
  ASSERT_EQ(node.client().Subscribe("n1/echo", 1), Status::kOk);
  ASSERT_TRUE(node.Until([&] { return node.subscribed == 1; }));
  broker_.Kill();
  ASSERT_TRUE(node.Until([&] { return !node.client().online(); }));
  ASSERT_EQ(node.Publish("n1/echo", wire::AsBytes("kept"), 1), Status::kOk);
  broker_.Restart();
  ASSERT_TRUE(node.Until([&] { return node.messages == 1; }));
  EXPECT_EQ(node.received["n1/echo"], "kept");
  EXPECT_EQ(node.onlines, 2);
}

}  // namespace
}  // namespace tinyfog::board
