// Whatever arrives from outside: a clear error to whoever asked, a metric, and the rest keeps
// working.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "gateway.h"
#include "inference_client.h"
#include "mqtt_client.h"
#include "tinyfog/v1/infer.pb.h"

namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kInputBytes = 128 * 3;  // the demo model's window

class HostileInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    gateway_ = new Gateway;
    gateway_->Start();
  }
  static void TearDownTestSuite() {
    delete gateway_;
    gateway_ = nullptr;
  }

  /// Whatever happened before: a good request is answered.
  void TearDown() override {
    InferenceClient client(gateway_->unix_target());
    const auto metadata = client.Metadata("motor");
    ASSERT_TRUE(client.status().ok()) << client.status().error_message();
    EXPECT_EQ(client.Infer("motor", std::string(kInputBytes, '\0')).size(), 5u)
        << client.status().error_message();
    EXPECT_TRUE(gateway_->process().running());
  }

  static mqtt::Message To(const std::string& model_and_suffix, std::string payload) {
    mqtt::Message message;
    message.topic = "tinyfog/v1/default/hostile/up/infer/" + model_and_suffix;
    message.payload = std::move(payload);
    message.qos = 1;
    return message;
  }

  /// The status code and the reason of a raw request's answer.
  static std::pair<int, std::string> Refusal(const std::optional<mqtt::Message>& answer) {
    if (!answer) return {-1, "no answer"};
    const std::string status = UserProperty(*answer, "status");
    return {status.empty() ? 0 : std::stoi(status), UserProperty(*answer, "reason")};
  }

  static Gateway* gateway_;
  MqttClient mqtt_{gateway_->mqtt(), {"tinyfog/v1/default/hostile/down/#"}};
};
Gateway* HostileInput::gateway_ = nullptr;

TEST_F(HostileInput, WrongSizesNameWhatIsExpected) {
  const auto refused = [] {
    return gateway_->Metric("tinyfog_inference_requests_total",
                            R"(model="motor",outcome="invalid",source="mqtt")");
  };
  const auto before = refused();
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kInputBytes - 1, kInputBytes + 1}) {
    const auto [code, reason] = Refusal(mqtt_.Request(To("motor", std::string(size, 'x'))));
    EXPECT_EQ(code, 3) << size;
    EXPECT_THAT(reason, HasSubstr("384")) << size;
  }
  EXPECT_EQ(refused(), before + 4);
}

TEST_F(HostileInput, TenMegabytesAreRefused) {
  const auto before = gateway_->Metric("tinyfog_mqtt_rejected_total");
  const auto [code, reason] = Refusal(mqtt_.Request(To("motor", std::string(10 << 20, 'x'))));
  EXPECT_THAT(code, ::testing::AnyOf(3, 8)) << reason;
  EXPECT_NE(reason, "");
  EXPECT_GT(gateway_->Metric("tinyfog_mqtt_rejected_total"), before);
}

TEST_F(HostileInput, UnknownModelsDoNotBecomeLabels) {
  const auto refused = [] {
    return gateway_->Metric("tinyfog_inference_requests_total", "outcome=\"not_found\"");
  };
  const auto before = refused();
  const auto [code, reason] = Refusal(mqtt_.Request(To("nosuchmodel", "x")));
  EXPECT_EQ(refused(), before + 1);
  EXPECT_EQ(code, 5);
  EXPECT_THAT(reason, HasSubstr("nosuchmodel"));
  EXPECT_EQ(gateway_->Metrics().find("nosuchmodel"), std::string::npos);
}

TEST_F(HostileInput, MalformedJsonIsAnsweredInJson) {
  for (const std::string body : {"", "{", "[]", "{\"inputs\": 5}", "{\"inputs\":[{\"name\":1}]}",
                                 "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,128,3],\"datatype\":"
                                 "\"INT8\",\"data\":[1e99]}]}"}) {
    const auto answer = mqtt_.Request(To("motor/json", body));
    ASSERT_TRUE(answer.has_value()) << body;
    const auto json = nlohmann::json::parse(answer->payload, nullptr, false);
    ASSERT_TRUE(json.is_object()) << answer->payload;
    EXPECT_NE(json.value("error", ""), "") << answer->payload;
    EXPECT_EQ(Refusal(answer).first, 3) << body;
  }
  EXPECT_GT(gateway_->Metric("tinyfog_mqtt_rejected_total"), 0);
}

TEST_F(HostileInput, DeeplyNestedJsonIsRefused) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(Refusal(mqtt_.Request(To("motor/json", deep))).first, 3);
}

TEST_F(HostileInput, MalformedProtobufIsAnsweredInProtobuf) {
  const auto before = gateway_->Metric("tinyfog_mqtt_rejected_total", "payload");
  for (const std::string& body : {std::string("\xff\xff\xff"), std::string("\x0a\x7f")}) {
    const auto answer = mqtt_.Request(To("motor/pb", body));
    ASSERT_TRUE(answer.has_value());
    v1::InferResponse response;
    ASSERT_TRUE(response.ParseFromString(answer->payload));
    EXPECT_EQ(response.code(), 3);
    EXPECT_NE(response.reason(), "");
  }
  EXPECT_EQ(gateway_->Metric("tinyfog_mqtt_rejected_total", "payload"), before + 2);
}

TEST_F(HostileInput, StartingAtACutIsRefusedForNow) {
  v1::InferRequest request;
  request.set_id("cut");
  request.set_first_step(3);
  const auto answer = mqtt_.Request(To("motor/pb", request.SerializeAsString()));
  ASSERT_TRUE(answer.has_value());
  v1::InferResponse response;
  ASSERT_TRUE(response.ParseFromString(answer->payload));
  EXPECT_EQ(response.code(), 12);
  EXPECT_EQ(response.id(), "cut");
}

TEST_F(HostileInput, RawRequestersOfMqtt311GetErrorsOnTheirErrorTopic) {
  MqttClient old(gateway_->mqtt(), {"tinyfog/v1/default/old/down/#"}, mqtt::Version::k311);
  mqtt::Message message;
  message.topic = "tinyfog/v1/default/old/up/infer/motor";
  message.payload = "short";
  old.Publish(message);
  const auto answer = old.Next();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->topic, "tinyfog/v1/default/old/down/error");
  const auto json = nlohmann::json::parse(answer->payload, nullptr, false);
  EXPECT_EQ(json.value("model", ""), "motor") << answer->payload;
}

TEST_F(HostileInput, GrpcRefusesWithTheRightCode) {
  InferenceClient client(gateway_->grpc());
  client.Infer("motor", "short");
  EXPECT_EQ(client.status().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(client.status().error_message(), HasSubstr("384"));
  client.Infer("nosuchmodel", "x");
  EXPECT_EQ(client.status().error_code(), grpc::StatusCode::NOT_FOUND);
  client.Infer("motor", std::string(10 << 20, 'x'));
  EXPECT_EQ(client.status().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_GT(gateway_->Metric("tinyfog_grpc_requests_total", "INVALID_ARGUMENT"), 0);
  client.Infer("motor", std::string(20 << 20, 'x'));
  EXPECT_EQ(client.status().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_FALSE(client.Load("../../etc/passwd"));
  EXPECT_NE(client.status().error_code(), grpc::StatusCode::INTERNAL)
      << client.status().error_message();
}

}  // namespace
}  // namespace tinyfog::testing
