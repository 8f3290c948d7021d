#include "tinyfog/mqtt_gateway/gateway.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>

#include "server_for_test.h"
#include "tinyfog/mqtt/session.h"
#include "tinyfog/mqtt_gateway/private_broker.h"
#include "tinyfog/v1/infer.pb.h"

namespace tinyfog::mqtt_gateway {
namespace {

using mqtt::Message;
using mqtt::Version;
using std::chrono::milliseconds;

constexpr const char* kRoot = "tinyfog/v1/s/n1/";

class GatewayTest : public testing::Test {
 protected:
  GatewayTest() {
    PrivateBrokerOptions options;
    options.port = 0;
    broker_ = PrivateBroker::Start(options, *metrics_, *events_, std::chrono::seconds(20)).value();
  }
  ~GatewayTest() override {
    server_.Hold(false);
    Until([&] { return server_.waiting() == 0; });
    client_.reset();
    gateway_.reset();
  }

  void StartGateway(MqttOptions options = {}) {
    options.site = "s";
    options.client_id = "gw";
    options.reconnect_min = milliseconds(10);
    options.reconnect_max = milliseconds(50);
    gateway_ = Gateway::Create(options, broker_->uri(), server_, *metrics_, *events_).value();
    gateway_->Start();
    ASSERT_TRUE(Until([&] { return gateway_->status().state() == v1::Broker::STATE_CONNECTED; }));
  }
  void StartClient(Version version = Version::k5) {
    mqtt::SessionOptions options;
    options.uri = broker_->uri();
    options.client_id = "client";
    options.version = version;
    options.clean_start = false;
    options.session_expiry = std::chrono::seconds(600);
    options.reconnect_min = milliseconds(10);
    options.reconnect_max = milliseconds(50);
    mqtt::SessionCallbacks callbacks;
    callbacks.on_message = [this](Message m) {
      const std::lock_guard lock(mutex_);
      (m.topic.ends_with("/state") ? states_ : answers_).push_back(std::move(m));
    };
    client_ = mqtt::Session::Create(options,
                                    {{std::string(kRoot) + "down/#", 1},
                                     {"reply/#", 1},
                                     {"tinyfog/v1/s/gateway/gw/state", 1}},
                                    callbacks)
                  .value();
    client_->Start();
    ASSERT_TRUE(Until([&] { return client_->connected(); }));
    ClearAnswers();
  }

  std::size_t Count() {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }
  void ClearAnswers() {
    const std::lock_guard lock(mutex_);
    answers_.clear();
  }
  static Message Request(const std::string& tail, const std::string& payload, int qos = 1) {
    Message m;
    m.topic = std::string(kRoot) + "up/infer/" + tail;
    m.payload = payload;
    m.qos = qos;
    return m;
  }
  Message Ask(Message request) {
    ClearAnswers();
    EXPECT_TRUE(client_->Publish(std::move(request)).ok());
    EXPECT_TRUE(Until([&] { return Count() >= 1; }));
    const std::lock_guard lock(mutex_);
    return answers_.empty() ? Message() : answers_[0];
  }
  static std::string Property(const Message& m, const std::string& name) {
    for (const auto& [key, value] : m.user_properties) {
      if (key == name) return value;
    }
    return "";
  }
  bool MetricIs(const std::string& line) {
    return metrics_->Expose().find(line) != std::string::npos;
  }

  std::unique_ptr<metrics::Registry> metrics_ = metrics::Registry::Create();
  std::unique_ptr<events::EventBus> events_ = events::EventBus::Create();
  ServerForTest server_;
  std::unique_ptr<PrivateBroker> broker_;
  std::unique_ptr<Gateway> gateway_;
  std::mutex mutex_;
  std::vector<Message> answers_;
  std::vector<Message> states_;
  std::unique_ptr<mqtt::Session> client_;
};

TEST_F(GatewayTest, RawOnBothVersionsAndQos) {
  StartGateway();
  for (const Version version : {Version::k5, Version::k311}) {
    StartClient(version);
    for (const int qos : {0, 1}) {
      const Message answer = Ask(Request("echo", "abcd", qos));
      EXPECT_EQ(answer.topic, std::string(kRoot) + "down/infer/echo");
      EXPECT_EQ(answer.payload, "abcd");
      EXPECT_EQ(answer.qos, qos);
    }
    client_.reset();
  }
}

TEST_F(GatewayTest, ResponseTopicAndCorrelation) {
  StartGateway();
  StartClient();
  Message request = Request("wide", "abcd");
  request.response_topic = "reply/1";
  request.correlation_data = std::string("\0x", 2);
  const Message answer = Ask(request);
  EXPECT_EQ(answer.topic, "reply/1");
  EXPECT_EQ(answer.correlation_data, request.correlation_data);
  EXPECT_EQ(answer.payload, "abcdabcd");
}

TEST_F(GatewayTest, JsonAndProtobufByContentTypeAndSuffix) {
  StartGateway();
  StartClient();
  const std::string json =
      R"({"id":"1","inputs":[{"name":"x","datatype":"INT8","shape":[1,4],"data":[1,2,3,-4]}]})";
  const Message by_suffix = Ask(Request("echo@1/json", json));
  EXPECT_EQ(by_suffix.topic, std::string(kRoot) + "down/infer/echo@1/json");
  EXPECT_EQ(nlohmann::json::parse(by_suffix.payload)["outputs"][0]["data"],
            nlohmann::json({1, 2, 3, -4}));
  Message typed = Request("echo", json);
  typed.content_type = "application/json";
  typed.response_topic = "reply/json";
  EXPECT_EQ(Ask(typed).payload, by_suffix.payload);

  v1::InferRequest request;
  request.add_inputs()->set_data("abcd");
  v1::InferResponse response;
  ASSERT_TRUE(
      response.ParseFromString(Ask(Request("echo/pb", request.SerializeAsString())).payload));
  EXPECT_EQ(response.outputs(0).data(), "abcd");
  EXPECT_EQ(response.model_version(), 1);
}

TEST_F(GatewayTest, ErrorsReachWhoeverAsked) {
  MqttOptions options;
  options.max_payload_bytes = 1024;
  StartGateway(options);
  StartClient();
  const auto code = [&](Message request) {
    request.response_topic = "reply/error";
    const Message answer = Ask(std::move(request));
    EXPECT_NE(Property(answer, "reason"), "");
    return Property(answer, "status");
  };
  EXPECT_EQ(code(Request("nothing", "abcd")), "5");
  EXPECT_EQ(code(Request("echo", "")), "3");
  EXPECT_EQ(code(Request("echo", "abc")), "3");
  EXPECT_EQ(code(Request("echo", std::string(10'000'000, 'x'))), "3");
  EXPECT_EQ(code(Request("echo/json", "{\"inputs\":")), "3");
  EXPECT_EQ(code(Request("echo/pb", "\xff\xff\xff")), "3");
  EXPECT_EQ(code(Request("echo/xml", "abcd")), "3");
  EXPECT_EQ(code(Request(".echo", "abcd")), "3");
  Message odd = Request("echo", "abcd");
  odd.content_type = "image/png";
  EXPECT_EQ(code(odd), "3");
  EXPECT_EQ(Ask(Request("echo", "abcd")).payload, "abcd");  // the rest goes on working
  EXPECT_TRUE(MetricIs("tinyfog_mqtt_rejected_total{reason=\"size\"} 1"));
  EXPECT_TRUE(MetricIs("tinyfog_mqtt_rejected_total{reason=\"topic\"} 2"));
  EXPECT_TRUE(MetricIs("tinyfog_mqtt_rejected_total{reason=\"payload\"} 2"));
  EXPECT_TRUE(MetricIs("tinyfog_mqtt_rejected_total{reason=\"content_type\"} 1"));
}

TEST_F(GatewayTest, RawErrorsWithoutResponseTopicGoToDownError) {
  StartGateway();
  StartClient(Version::k311);
  const Message raw = Ask(Request("nothing", "abcd"));
  EXPECT_EQ(raw.topic, std::string(kRoot) + "down/error");
  const auto object = nlohmann::json::parse(raw.payload);
  EXPECT_EQ(object["model"], "nothing");
  EXPECT_EQ(object["code"], 5);
  const Message json = Ask(Request("echo/json", "{"));
  EXPECT_EQ(json.topic, std::string(kRoot) + "down/infer/echo/json");
  EXPECT_EQ(nlohmann::json::parse(json.payload)["code"], 3);
}

TEST_F(GatewayTest, ResponseTopicsOfOthersAreRefused) {
  StartGateway();
  StartClient();
  for (const char* topic : {"tinyfog/v1/s/n2/down/infer/echo", "tinyfog/v1/s/n1/up/infer/echo"}) {
    Message request = Request("echo", "abcd");
    request.response_topic = topic;
    const Message answer = Ask(request);
    EXPECT_EQ(answer.topic, std::string(kRoot) + "down/error");
    EXPECT_EQ(Property(answer, "status"), "7");
  }
  EXPECT_EQ(server_.executed(), 0u);
}

TEST_F(GatewayTest, ExpiredRequestsAreAnsweredAndNotExecuted) {
  StartGateway();
  StartClient();
  server_.Hold(true);
  v1::InferRequest request;
  request.add_inputs()->set_data("abcd");
  request.set_timeout_ms(1);
  Message message = Request("echo/pb", request.SerializeAsString());
  message.expiry = std::chrono::seconds(100);
  ASSERT_TRUE(client_->Publish(message).ok());
  ASSERT_TRUE(Until([&] { return server_.waiting() == 1; }));
  const auto later = std::chrono::steady_clock::now() + milliseconds(2);
  ASSERT_TRUE(Until([&] { return std::chrono::steady_clock::now() > later; }));
  server_.Hold(false);
  ASSERT_TRUE(Until([&] { return Count() == 1; }));
  EXPECT_EQ(Property(answers_[0], "status"), "4");
  EXPECT_EQ(server_.executed(), 0u);
}

TEST_F(GatewayTest, RetainedRequestsAreIgnored) {
  StartClient();
  Message retained = Request("echo", "abcd");
  retained.retained = true;
  ASSERT_TRUE(client_->Publish(retained).ok());
  ASSERT_TRUE(Until([&] { return client_->pending() == 0; }));
  StartGateway();
  ASSERT_TRUE(Until([&] { return MetricIs("tinyfog_mqtt_dropped_total{reason=\"retained\"} 1"); }));
  EXPECT_EQ(Ask(Request("echo", "efgh")).payload, "efgh");
  EXPECT_EQ(server_.executed(), 1u);
}

TEST_F(GatewayTest, RequestsSentWhileTheGatewayIsAwayAreAnsweredWhenItIsBack) {
  StartGateway();
  StartClient();
  gateway_.reset();
  ASSERT_TRUE(client_->Publish(Request("echo", "abcd")).ok());
  ASSERT_TRUE(Until([&] { return client_->pending() == 0; }));
  StartGateway();
  ASSERT_TRUE(Until([&] { return Count() == 1; }));
  EXPECT_EQ(answers_[0].payload, "abcd");
}

TEST_F(GatewayTest, EveryRequestIsAnsweredUnderOverload) {
  MqttOptions options;
  options.max_pending = 64;
  StartGateway(options);
  StartClient();
  server_.Hold(true);
  constexpr std::size_t kRequests = 1000;
  for (std::size_t i = 0; i < kRequests; ++i) {
    Message request = Request("echo", "abcd");
    request.response_topic = "reply/" + std::to_string(i);
    ASSERT_TRUE(client_->Publish(request).ok());
  }
  // What is admitted waits; everything else is refused at once.
  ASSERT_TRUE(Until([&] { return Count() == kRequests - server_.waiting(); }));
  const std::size_t admitted = server_.waiting();
  EXPECT_GT(admitted, 0u);
  EXPECT_LE(admitted, 64u);
  server_.Hold(false);
  ASSERT_TRUE(Until([&] { return Count() == kRequests; }));
  std::size_t exhausted = 0;
  for (const Message& m : answers_) exhausted += Property(m, "status") == "8" ? 1 : 0;
  EXPECT_EQ(exhausted, kRequests - admitted);
  EXPECT_EQ(Ask(Request("echo", "abcd")).payload, "abcd");
}

TEST_F(GatewayTest, BrokerRestartLosesNoAnswerOfAnAcceptedQos1Request) {
  StartGateway();
  StartClient();
  server_.Hold(true);
  constexpr std::size_t kRequests = 100;
  for (std::size_t i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(client_->Publish(Request("echo", "abcd")).ok());
  }
  ASSERT_TRUE(Until([&] { return server_.waiting() == kRequests; }));
  const auto port = broker_->port();
  ASSERT_EQ(kill(broker_->pid(), SIGKILL), 0);
  ASSERT_TRUE(Until([&] { return gateway_->status().state() == v1::Broker::STATE_DISCONNECTED; }));
  server_.Hold(false);  // the answers wait in the gateway for the broker, and for their reader
  ASSERT_TRUE(Until([&] { return server_.executed() == kRequests; }));
  ASSERT_TRUE(Until([&] { return gateway_->status().reconnects() == 1; }));
  EXPECT_EQ(broker_->port(), port);
  ASSERT_TRUE(Until([&] { return gateway_->status().messages_published() >= kRequests; }));
  ASSERT_TRUE(Until([&] { return client_->connected(); }));
  EXPECT_EQ(Ask(Request("echo", "wxyz")).payload.size(), 4u);  // subscriptions are back
  EXPECT_EQ(gateway_->status().dropped(), 0u);
  EXPECT_TRUE(MetricIs("tinyfog_broker_restarts_total 1"));
}

TEST_F(GatewayTest, StateTopicTellsOnlineAndOffline) {
  StartGateway();
  StartClient();
  const auto is = [&](const char* payload) {
    return Until([&] {
      const std::lock_guard lock(mutex_);
      return !states_.empty() && states_.back().payload == payload;
    });
  };
  EXPECT_TRUE(is(R"({"state":"online"})"));
  gateway_->Stop(milliseconds(5000));
  EXPECT_TRUE(is(R"({"state":"offline"})"));
  EXPECT_TRUE(MetricIs("tinyfog_mqtt_connected 0"));
}

TEST_F(GatewayTest, RefusesOptionsThatCannotWork) {
  const auto create = [&](auto change) {
    MqttOptions options;
    change(options);
    auto gateway = Gateway::Create(options, broker_->uri(), server_, *metrics_, *events_);
    return gateway.ok();
  };
  using O = MqttOptions;
  EXPECT_TRUE(create([](O&) {}));
  EXPECT_FALSE(create([](O& o) { o.site = "a/b"; }));
  EXPECT_FALSE(create([](O& o) { o.client_id = "a#"; }));
  EXPECT_FALSE(create([](O& o) { o.shared_group = "+"; }));
  EXPECT_FALSE(create([](O& o) { o.qos = 2; }));
  EXPECT_FALSE(create([](O& o) { o.max_pending_bytes = 1; }));
  PrivateBrokerOptions missing;
  missing.program = "/nowhere/mosquitto";
  const auto broker = PrivateBroker::Start(missing, *metrics_, *events_, milliseconds(1000));
  ASSERT_FALSE(broker.ok());
  EXPECT_NE(broker.error().message.find("apt-get install mosquitto"), std::string::npos);
}

}  // namespace
}  // namespace tinyfog::mqtt_gateway
