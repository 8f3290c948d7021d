#include "tinyfog/node/mqtt_client.h"

#include <gmock/gmock.h>

#include <array>
#include <deque>
#include <string>

namespace tinyfog::node {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using namespace std::string_literals;
using Lines = std::vector<std::string>;

const std::string kConnack5 = "\x20\3\0\0\0"s;

class Recorder final : public MqttHandler {
 public:
  void OnOnline(bool session_present) override {
    lines.push_back(session_present ? "online again" : "online");
  }
  void OnOffline(MqttEnd end, wire::MqttReason reason) override {
    lines.push_back("offline " + std::to_string(static_cast<int>(end)) + " " +
                    std::to_string(static_cast<int>(reason)));
  }
  Status OnMessage(const wire::MqttPublish& message) override {
    text_ = std::string(message.topic) + "=";
    if (accept != Status::kOk) lines.push_back("refuse " + std::string(message.topic));
    return accept;
  }
  void OnPayload(std::uint32_t, wire::Bytes piece) override { text_ += wire::AsText(piece); }
  Status OnMessageEnd() override {
    lines.push_back(text_);
    return at_end;
  }
  void OnMessageLost() override { lines.push_back("lost " + text_); }
  void OnDelivered(std::uint32_t token, wire::MqttReason reason) override {
    lines.push_back("delivered " + std::to_string(token) + " " +
                    std::to_string(static_cast<int>(reason)));
  }
  void OnSubscribed(std::string_view filter, wire::MqttReason reason) override {
    lines.push_back("subscribed " + std::string(filter) + " " +
                    std::to_string(static_cast<int>(reason)));
  }
  Lines Take() { return std::exchange(lines, {}); }

  Lines lines;
  Status accept = Status::kOk;
  Status at_end = Status::kOk;

 private:
  std::string text_;
};

// The test is the broker: it reads what the client sends and says what arrives.
class MqttClientTest : public ::testing::Test {
 protected:
  static MqttClientConfig Config() {
    MqttClientConfig config;
    config.connect.client_id = "n1";
    config.connect.properties.session_expiry_s = 60;
    config.connect.properties.receive_maximum = 2;
    return config;
  }
  MqttClient& client() { return *client_; }
  void Make(const MqttClientConfig& config) {
    client_.emplace(config, MqttClientMemory{receive_, control_, outbox_, aliases_}, recorder_);
  }
  void SetUp() override { Make(Config()); }

  std::string Sent(std::size_t piece = 7) {
    std::string all;
    std::vector<std::uint8_t> buffer(piece);
    while (const std::size_t n = client().Pull(buffer)) {
      all += std::string(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return all;
  }
  // Returns what the client answers.
  std::string Feed(const std::string& bytes) {
    std::string answers;
    for (wire::Bytes left = wire::AsBytes(bytes); !left.empty();) {
      left = left.subspan(client().Receive(left));
      answers += Sent();
    }
    return answers;
  }
  void GoOnline(const std::string& connack = kConnack5) {
    if (!client().wants_transport()) {
      now_ = client().NextDeadline();
      client().Tick(now_);
    }
    ASSERT_TRUE(client().wants_transport());
    client().TransportOpened();
    ASSERT_THAT(Sent(), StartsWith("\x10"));
    sent_online_ = Feed(connack);
    ASSERT_TRUE(client().online());
  }
  void Publish(std::string_view topic, std::string_view payload, std::uint8_t qos,
               std::uint32_t token, std::uint8_t alias = 0) {
    MqttMessage message;
    message.topic = topic;
    message.payload = wire::AsBytes(payload);
    message.qos = qos;
    message.token = token;
    message.alias = alias;
    ASSERT_EQ(client().Publish(message), Status::kOk);
  }

  std::array<std::uint8_t, 64> receive_{};
  std::array<std::uint8_t, 64> control_{};
  std::array<std::uint8_t, 256> outbox_{};
  std::array<std::uint8_t, 256> aliases_{};
  Recorder recorder_;
  std::optional<MqttClient> client_;
  std::uint64_t now_ = 1000;
  std::string sent_online_;
};

TEST_F(MqttClientTest, ConnectsSubscribesPublishes) {
  ASSERT_EQ(client().Subscribe("a/#", 1), Status::kOk);
  Publish("t", "offline", 0, 1);
  client().Start(now_);
  GoOnline();
  EXPECT_EQ(sent_online_, "\x82\x09\0\1\0\0\3a/#\1"s + "\x30\x0B\0\1t\0offline"s);
  EXPECT_THAT(recorder_.Take(), ElementsAre("online", "delivered 1 0"));
  EXPECT_EQ(Feed("\x90\4\0\1\0\1"s), "");
  EXPECT_THAT(recorder_.Take(), ElementsAre("subscribed a/# 1"));
  Publish("t", "x", 1, 2);
  EXPECT_EQ(Sent(), "\x32\7\0\1t\0\2\0x"s);
  EXPECT_EQ(client().outbox_size(), 1u);
  Feed("\x40\2\0\2"s);
  EXPECT_THAT(recorder_.Take(), ElementsAre("delivered 2 0"));
  EXPECT_EQ(client().outbox_size(), 0u);
}

TEST_F(MqttClientTest, AnswersQos1AfterTheLastPiece) {
  client().Start(now_);
  GoOnline();
  recorder_.Take();
  EXPECT_EQ(Feed("\x32\x0B\0\1t\0\7\0hel"s), "");
  EXPECT_THAT(recorder_.Take(), IsEmpty());
  EXPECT_EQ(Feed("lo"s), "\x40\2\0\7"s);
  EXPECT_EQ(Feed("\x32\6\0\1t\0\x8\0"s), "\x40\2\0\x8"s);
  EXPECT_THAT(recorder_.Take(), ElementsAre("t=hello", "t="));
}

TEST_F(MqttClientTest, RefusalsAreToldToTheBroker) {
  client().Start(now_);
  GoOnline();
  recorder_.accept = Status::kResourceExhausted;
  EXPECT_EQ(Feed("\x32\7\0\1t\0\7\0x"s), "\x40\3\0\7\x97"s);
  recorder_.accept = Status::kOk;
  recorder_.at_end = Status::kDataLoss;
  EXPECT_EQ(Feed("\x32\7\0\1t\0\x8\0x"s), "\x40\3\0\x8\x83"s);
  // A topic that does not fit into the buffer.
  EXPECT_EQ(Feed("\x32\x47\0\x41"s + std::string(65, 't') + "\0\x9\0x"s), "\x40\3\0\x9\x97"s);
  EXPECT_TRUE(client().online());
}

TEST_F(MqttClientTest, UnacknowledgedMessagesComeAgainInOrder) {
  client().Start(now_);
  GoOnline();
  Publish("a", "1", 1, 1);
  Publish("b", "2", 1, 2);
  Publish("c", "3", 1, 3);
  EXPECT_EQ(Sent(),
            "\x32\7\0\1a\0\1\0"
            "1"
            "\x32\7\0\1b\0\2\0"
            "2"s)
      << "two at a time";
  EXPECT_EQ(Feed("\x40\2\0\1"s),
            "\x32\7\0\1c\0\3\0"
            "3"s);
  client().TransportClosed();
  GoOnline("\x20\3\1\0\0"s);
  EXPECT_EQ(sent_online_,
            "\x3A\7\0\1b\0\2\0"
            "2"
            "\x3A\7\0\1c\0\3\0"
            "3"s);
  Feed("\x40\2\0\2\x40\2\0\3"s);
  EXPECT_EQ(client().outbox_size(), 0u);
  EXPECT_THAT(recorder_.lines, ::testing::IsSupersetOf({"delivered 1 0", "delivered 2 0",
                                                        "delivered 3 0", "online again"}));
}

TEST_F(MqttClientTest, SubscribesAgainOnlyWhereTheSessionIsGone) {
  ASSERT_EQ(client().Subscribe("a", 0), Status::kOk);
  client().Start(now_);
  GoOnline();
  Feed("\x90\4\0\1\0\0"s);
  client().TransportClosed();
  GoOnline("\x20\3\1\0\0"s);
  EXPECT_EQ(sent_online_, "");
  client().TransportClosed();
  GoOnline();
  EXPECT_EQ(sent_online_, "\x82\7\0\2\0\0\1a\0"s);
}

TEST_F(MqttClientTest, UnsubscribesAndForgets) {
  ASSERT_EQ(client().Subscribe("a", 0), Status::kOk);
  client().Start(now_);
  GoOnline();
  Feed("\x90\4\0\1\0\0"s);
  ASSERT_EQ(client().Unsubscribe("a"), Status::kOk);
  EXPECT_EQ(Sent(), "\xA2\6\0\2\0\0\1a"s);
  EXPECT_EQ(Feed("\xB0\4\0\2\0\0"s), "");
  EXPECT_EQ(client().Unsubscribe("a"), Status::kNotFound);
  EXPECT_EQ(client().Subscribe("b", 2), Status::kInvalidArgument);
}

TEST_F(MqttClientTest, KeepAlivePingsAndGivesUpWithoutAnswer) {
  client().Start(now_);
  GoOnline();
  recorder_.Take();
  EXPECT_EQ(client().NextDeadline(), now_ + 22500);
  now_ += 22500;
  client().Tick(now_);
  EXPECT_EQ(Sent(), "\xC0\0"s);
  EXPECT_EQ(Feed("\xD0\0"s), "");
  now_ = client().NextDeadline();
  client().Tick(now_);
  EXPECT_EQ(Sent(), "\xC0\0"s);
  now_ = client().NextDeadline();
  client().Tick(now_);
  EXPECT_THAT(recorder_.Take(), ElementsAre("offline 4 141"));
  EXPECT_TRUE(client().wants_transport()) << "a last word";
  EXPECT_EQ(Sent(), "\xE0\1\x8D"s);
  EXPECT_FALSE(client().wants_transport());
}

// Times inside are 32 bits of milliseconds.
TEST_F(MqttClientTest, WaitsGoOnWhereTheirClockStartsAgain) {
  now_ = 0xFFFFFFFF - 10000;
  client().Start(now_);
  GoOnline();
  for (int ping = 0; ping < 3; ++ping) {
    EXPECT_EQ(client().NextDeadline(), now_ + 22500);
    now_ += 22499;
    client().Tick(now_);
    EXPECT_EQ(Sent(), "");
    client().Tick(++now_);
    EXPECT_EQ(Sent(), "\xC0\0"s);
    EXPECT_EQ(client().NextDeadline(), now_ + 15000);
    Feed("\xD0\0"s);
  }
  EXPECT_TRUE(client().online());
}

TEST_F(MqttClientTest, TheServersKeepAliveCounts) {
  client().Start(now_);
  GoOnline("\x20\6\0\0\3\x13\0\4"s);
  EXPECT_EQ(client().NextDeadline(), now_ + 3000);
}

TEST_F(MqttClientTest, BackoffGrowsWithJitterAndIsRepeatable) {
  const auto delays = [this](std::uint32_t seed) {
    MqttClientConfig config = Config();
    config.seed = seed;
    Make(config);
    now_ = 0;
    client().Start(now_);
    std::vector<std::uint64_t> all;
    for (int i = 0; i < 12; ++i) {
      client().TransportClosed();
      all.push_back(client().NextDeadline() - now_);
      now_ = client().NextDeadline();
      client().Tick(now_);
      EXPECT_TRUE(client().wants_transport());
    }
    return all;
  };
  const auto first = delays(7);
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::uint64_t whole = std::min<std::uint64_t>(500u << i, 60000);
    EXPECT_GE(first[i], whole / 2);
    EXPECT_LE(first[i], whole);
  }
  EXPECT_EQ(delays(7), first);
  EXPECT_NE(delays(8), first);
}

TEST_F(MqttClientTest, FallsBackTo311WhenRefused) {
  client().Start(now_);
  client().TransportOpened();
  Sent();
  Feed("\x20\2\0\1"s);
  EXPECT_THAT(recorder_.Take(), ElementsAre("offline 1 132"));
  client().TransportClosed();
  GoOnline("\x20\2\0\0"s);
  EXPECT_EQ(client().version(), wire::MqttVersion::k311);
  Publish("t", "x", 0, 1);
  EXPECT_EQ(Sent(), "\x30\4\0\1tx"s);
}

TEST_F(MqttClientTest, FallsBackTo311WhenTheBrokerOnlyCloses) {
  client().Start(now_);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(client().version(), wire::MqttVersion::k5);
    client().TransportOpened();
    Sent();
    client().TransportClosed();
    now_ = client().NextDeadline();
    client().Tick(now_);
  }
  EXPECT_EQ(client().version(), wire::MqttVersion::k311);
}

TEST_F(MqttClientTest, SendsTopicsOnceWhereAliasesAreAllowed) {
  client().Start(now_);
  GoOnline("\x20\6\0\0\3\x22\0\2"s);
  Publish("t", "x", 0, 1, 1);
  Publish("t", "y", 0, 2, 1);
  Publish("u", "z", 0, 3, 3);
  EXPECT_EQ(Sent(), "\x30\x08\0\1t\3\x23\0\1x\x30\7\0\0\3\x23\0\1y\x30\5\0\1u\0z"s);
  client().TransportClosed();
  GoOnline("\x20\6\0\0\3\x22\0\2"s);
  Publish("t", "w", 0, 4, 1);
  EXPECT_EQ(Sent(), "\x30\x08\0\1t\3\x23\0\1w"s) << "a new connection knows no alias";
}

TEST_F(MqttClientTest, ResolvesTheBrokersAliases) {
  client().Start(now_);
  GoOnline();
  recorder_.Take();
  Feed("\x30\x08\0\1t\3\x23\0\1x\x30\7\0\0\3\x23\0\1y"s);
  EXPECT_THAT(recorder_.Take(), ElementsAre("t=x", "t=y"));
  Feed("\x30\7\0\0\3\x23\0\2y"s);
  EXPECT_THAT(recorder_.Take(), ElementsAre("offline 3 130")) << "an alias never told";
}

TEST_F(MqttClientTest, ServerLimitsHold) {
  client().Start(now_);
  // Maximum QoS 0, no retained messages, packets of at most 10 bytes.
  GoOnline("\x20\x0C\0\0\x09\x24\0\x25\0\x27\0\0\0\x0A"s);
  recorder_.Take();
  Publish("t", "large message", 0, 1);
  MqttMessage message;
  message.topic = "t";
  message.payload = wire::AsBytes("x");
  message.qos = 1;
  message.retain = true;
  message.token = 2;
  ASSERT_EQ(client().Publish(message), Status::kOk);
  EXPECT_EQ(Sent(), "\x30\5\0\1t\0x"s);
  EXPECT_THAT(recorder_.Take(), ElementsAre("delivered 1 149", "delivered 2 0"));
}

TEST_F(MqttClientTest, AFullOutboxRefuses) {
  MqttMessage message;
  message.topic = "t";
  const std::vector<std::uint8_t> payload(256);
  message.payload = payload;
  EXPECT_EQ(client().Publish(message), Status::kResourceExhausted);
  message.borrow = true;
  for (std::size_t i = 0; i < MqttOutbox::kMessages; ++i) {
    EXPECT_EQ(client().Publish(message), Status::kOk);
  }
  EXPECT_EQ(client().Publish(message), Status::kResourceExhausted);
  message.topic = "a/#";
  EXPECT_EQ(client().Publish(message), Status::kInvalidArgument);
}

TEST_F(MqttClientTest, AcknowledgementsWaitForAMessageToLeave) {
  client().Start(now_);
  GoOnline();
  const std::string payload(100, 'p');
  Publish("t", payload, 0, 1);
  std::array<std::uint8_t, 20> some;
  ASSERT_EQ(client().Pull(some), some.size());
  // More messages than their acknowledgements find room: the rest is not consumed.
  std::string inbound;
  for (char id = 1; id <= 20; ++id) inbound += "\x32\7\0\1t\0"s + id + "\0x"s;
  const std::size_t consumed = client().Receive(wire::AsBytes(inbound));
  EXPECT_LT(consumed, inbound.size());
  const std::string sent = Sent() + Feed(inbound.substr(consumed));
  EXPECT_EQ(sent.substr(0, 86), payload.substr(14)) << "the message goes first";
  std::string acknowledgements;
  for (char id = 1; id <= 20; ++id) acknowledgements += "\x40\2\0"s + id;
  EXPECT_EQ(sent.substr(86), acknowledgements);
}

TEST_F(MqttClientTest, MessagesCutOffByTheConnectionAreTold) {
  client().Start(now_);
  GoOnline();
  recorder_.Take();
  Feed("\x30\x0A\0\1t\0hel"s);
  client().TransportClosed();
  EXPECT_THAT(recorder_.Take(), ElementsAre("lost t=hel", "offline 0 0"));
}

TEST_F(MqttClientTest, StopSaysGoodbyeAndStaysOffline) {
  client().Start(now_);
  GoOnline();
  recorder_.Take();
  client().Stop();
  EXPECT_EQ(Sent(), "\xE0\0"s);
  EXPECT_FALSE(client().wants_transport());
  client().TransportClosed();
  EXPECT_EQ(client().NextDeadline(), ~std::uint64_t{0});
  EXPECT_THAT(recorder_.Take(), ElementsAre("offline 5 0"));
}

TEST_F(MqttClientTest, HostileBrokersAreLeft) {
  const std::string streams[] = {
      "\x20\3\0\0\0\x20\3\0\0\0"s,  // two CONNACKs
      "\xD0\0"s,                    // an answer before CONNACK
      "\x30\4\0\1t\0"s,             // a message before CONNACK
      "\x20\3\0\0\0\x34\6\0\1t\0\1\0"s,
      "\x20\3\0\0\0\x90\2\0\1"s,
      "\x20\2\4\0"s,
  };
  for (const std::string& stream : streams) {
    Make(Config());
    client().Start(now_);
    client().TransportOpened();
    Sent();
    Feed(stream);
    EXPECT_FALSE(client().online());
    EXPECT_THAT(recorder_.Take().back(), StartsWith("offline 3"));
  }
}

TEST_F(MqttClientTest, AsksForTheSessionOnlyOfBrokersThatItRemembers) {
  const auto flags_of_connect = [this] {
    client().TransportOpened();
    const std::string connect = Sent();
    return connect.size() > 9 ? static_cast<int>(connect[9]) : -1;
  };
  const auto reconnect = [&] {
    client().TransportClosed();
    now_ = client().NextDeadline();
    client().Tick(now_);
    return flags_of_connect();
  };
  client().Start(now_);
  EXPECT_EQ(flags_of_connect(), 0x02) << "clean start";
  EXPECT_EQ(reconnect(), 0x02) << "no broker has answered yet";
  Feed(kConnack5);
  EXPECT_EQ(reconnect(), 0);
  client().Stop();
  client().TransportClosed();
  client().Start(now_);
  EXPECT_EQ(flags_of_connect(), 0x02);
}

TEST_F(MqttClientTest, HoldsAFilterUntilTheBrokerHasLetGo) {
  client().Start(now_);
  GoOnline();
  ASSERT_EQ(client().Subscribe("a", 0), Status::kOk);
  Sent();
  Feed("\x90\4\0\1\0\0"s);
  ASSERT_EQ(client().Unsubscribe("a"), Status::kOk);
  Sent();
  EXPECT_TRUE(client().Holds("a"));
  Feed("\xB0\4\0\2\0\0"s);
  EXPECT_FALSE(client().Holds("a"));
}

TEST_F(MqttClientTest, SilenceEndsEveryWait) {
  ASSERT_EQ(client().Subscribe("a", 0), Status::kOk);
  client().Start(now_);
  now_ = client().NextDeadline();
  client().Tick(now_);
  EXPECT_FALSE(client().wants_transport()) << "not opened in time";
  client().TransportClosed();
  now_ = client().NextDeadline();
  client().Tick(now_);
  client().TransportOpened();
  Sent();
  now_ = client().NextDeadline();
  client().Tick(now_);
  EXPECT_FALSE(client().wants_transport()) << "no CONNACK in time";
  client().TransportClosed();
  GoOnline();
  now_ = client().NextDeadline();
  client().Tick(now_);
  EXPECT_FALSE(client().online()) << "no SUBACK in time";
}

}  // namespace
}  // namespace tinyfog::node
