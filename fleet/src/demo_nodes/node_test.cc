#include "node.h"

#include <gtest/gtest.h>

#include <atomic>

#include "../mqtt/mosquitto_for_test.h"

namespace tinyfog::demo {
namespace {

constexpr const char* kModelFile = TINYFOG_SOURCE_DIR "/fleet/demo/models/motor/1/model.tflite";

// Plays the gateway: answers every request as the test wants, and remembers the nodes' states.
class Gateway {
 public:
  using Reply = std::function<std::vector<mqtt::Message>(const mqtt::Message& answer)>;

  Gateway(const std::string& uri, Reply reply) : reply_(std::move(reply)) {
    mqtt::SessionOptions options;
    options.uri = uri;
    options.client_id = "gateway";
    mqtt::SessionCallbacks callbacks;
    callbacks.on_message = [this](mqtt::Message message) { OnMessage(message); };
    callbacks.on_connected = [this](mqtt::Version) { waiter.Change([&] { connected_ = true; }); };
    auto session =
        mqtt::Session::Create(std::move(options), {{"tinyfog/v1/#", 1}}, std::move(callbacks));
    session_ = std::move(session).value();
    session_->Start();
    EXPECT_TRUE(waiter.Until([this] { return connected_; }));
  }
  ~Gateway() { session_->Stop(std::chrono::seconds(1)); }

  mqtt::Waiter waiter;
  std::vector<std::string> states;  // under waiter
  std::vector<mqtt::Message> requests;

 private:
  void OnMessage(const mqtt::Message& message) {
    if (message.topic.find("/up/state") != std::string::npos) {
      waiter.Change([&] { states.push_back(message.payload); });
    } else if (message.topic.find("/up/infer/") != std::string::npos) {
      waiter.Change([&] { requests.push_back(message); });
      mqtt::Message answer;
      answer.topic = message.response_topic;
      answer.correlation_data = message.correlation_data;
      answer.qos = 1;
      for (auto& one : reply_(answer)) static_cast<void>(session_->Publish(std::move(one)));
    }
  }
  const Reply reply_;
  bool connected_ = false;
  std::unique_ptr<mqtt::Session> session_;
};

mqtt::Message Normal(mqtt::Message answer) {
  answer.payload = std::string("\x7F\x80\x80\x80\x80", 5);
  return answer;
}

std::vector<Reading> RunNode(const std::string& uri, NodeOptions options) {
  options.broker = uri;
  std::vector<Reading> readings;
  auto model = ReadMotorModel(kModelFile);
  EXPECT_TRUE(model.ok());
  auto node = Node::Create(options, *model, [&](const Reading& r) { readings.push_back(r); });
  EXPECT_TRUE(node.ok());
  (*node)->Run([] { return false; });
  return readings;
}

class NodeTest : public testing::Test {
 protected:
  NodeTest() : broker(testing::TempDir()) { options.rate = 200; }
  mqtt::MosquittoForTest broker;
  NodeOptions options;
};

TEST_F(NodeTest, SendsWindowsAndMatchesAnswers) {
  Gateway gateway(broker.uri(), [](const auto& answer) { return std::vector{Normal(answer)}; });
  options.id = "motor-9";
  options.count = 20;
  const auto readings = RunNode(broker.uri(), options);
  ASSERT_EQ(readings.size(), 20u);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    EXPECT_EQ(readings[i].fate, Fate::kAnswered);
    EXPECT_EQ(readings[i].node, "motor-9");
    EXPECT_EQ(readings[i].truth, "normal");
    EXPECT_EQ(readings[i].answer, "normal");
    EXPECT_NEAR(readings[i].confidence, 255.0 / 256, 1e-6);
  }
  ASSERT_TRUE(gateway.waiter.Until([&] { return gateway.states.size() >= 2; }));
  v1::NodeState first, last;
  ASSERT_TRUE(first.ParseFromString(gateway.states.front()));
  ASSERT_TRUE(last.ParseFromString(gateway.states.back()));
  EXPECT_EQ(first.kind(), v1::NodeState::KIND_READY);
  EXPECT_EQ(last.kind(), v1::NodeState::KIND_SLEEPING);
  EXPECT_EQ(first.session(), last.session());
  const auto& request = gateway.requests.front();
  EXPECT_EQ(request.topic, "tinyfog/v1/default/motor-9/up/infer/motor");
  EXPECT_EQ(request.response_topic, "tinyfog/v1/default/motor-9/down/infer/motor");
  EXPECT_EQ(request.payload.size(), kWindowSamples * kAxes);
}

TEST_F(NodeTest, RefusalsAreNotResults) {
  Gateway gateway(broker.uri(), [](mqtt::Message answer) {
    answer.user_properties = {{"status", "8"}, {"reason", "the queue is full"}};
    return std::vector{answer};
  });
  options.count = 1;
  const auto readings = RunNode(broker.uri(), options);
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings[0].fate, Fate::kRefused);
  EXPECT_EQ(readings[0].answer, "the queue is full");
}

TEST_F(NodeTest, SilenceIsLostAndStrangersAreUnmatched) {
  Gateway gateway(broker.uri(), [](mqtt::Message answer) {
    answer.correlation_data = "stranger";
    return std::vector{Normal(answer)};
  });
  options.count = 1;
  options.patience = std::chrono::milliseconds(500);
  const auto readings = RunNode(broker.uri(), options);
  ASSERT_EQ(readings.size(), 2u);
  EXPECT_EQ(readings[0].fate, Fate::kUnmatched);
  EXPECT_EQ(readings[1].fate, Fate::kLost);
}

TEST_F(NodeTest, OneSeedGivesTheSameWindows) {
  Gateway gateway(broker.uri(), [](const auto& answer) { return std::vector{Normal(answer)}; });
  options.count = 2;
  options.seed = 5;
  RunNode(broker.uri(), options);
  RunNode(broker.uri(), options);
  ASSERT_EQ(gateway.requests.size(), 4u);
  EXPECT_EQ(gateway.requests[0].payload, gateway.requests[2].payload);
  EXPECT_NE(gateway.requests[0].payload, gateway.requests[1].payload);
}

TEST(ReadMotorModel, RefusesOtherFiles) {
  EXPECT_EQ(ReadMotorModel("/nonexistent").error().code, Status::kNotFound);
  const auto refused = ReadMotorModel(__FILE__);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("node_test.cc"), std::string::npos);
}

}  // namespace
}  // namespace tinyfog::demo
