#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>

#include "tinyfog/host/file.h"
#include "tinyfog/inference/server.h"
#include "tinyfog/mqtt/session.h"
#include "tinyfog/mqtt_gateway/gateway.h"
#include "tinyfog/mqtt_gateway/private_broker.h"
#include "tinyfog/v1/infer.pb.h"

namespace tinyfog::mqtt_gateway {
namespace {

namespace fs = std::filesystem;
using mqtt::Message;

fs::path SharedFolder() {
  const char* set = std::getenv("TINYFOG_SHARED");
  return set != nullptr ? fs::path(set) : fs::path(TINYFOG_SOURCE_DIR) / ".." / "shared";
}

// One client that asks a gateway with real models, one question after the other.
class GatewayModelTest : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path model = SharedFolder() / "models" / "kws_int8.tflite";
    if (!fs::exists(model)) GTEST_SKIP() << "no " << model << "; set TINYFOG_SHARED";
    std::string pattern = testing::TempDir() + "tinyfog-repo-XXXXXX";
    repository_ = mkdtemp(pattern.data());
    fs::create_directories(repository_ / "kws_int8" / "1");
    fs::copy_file(model, repository_ / "kws_int8" / "1" / "model.tflite");
    inference::ServerOptions options;
    options.repository = repository_;
    server_ = inference::Server::Create(options, *metrics_, *events_).value();
    PrivateBrokerOptions broker;
    broker.port = 0;
    broker_ = PrivateBroker::Start(broker, *metrics_, *events_, std::chrono::seconds(20)).value();
    MqttOptions mqtt;
    mqtt.site = "s";
    mqtt.client_id = "gw";
    gateway_ = Gateway::Create(mqtt, broker_->uri(), *server_, *metrics_, *events_).value();
    gateway_->Start();
    StartClient();
    const auto bytes = ReadFile(SharedFolder() / "inputs" / "kws_sample.i8.bin").value();
    sample_.assign(bytes.begin(), bytes.end());
  }
  void TearDown() override {
    client_.reset();
    if (server_) server_->Drain(std::chrono::seconds(10));
    gateway_.reset();
    if (!repository_.empty()) fs::remove_all(repository_);
  }

  void StartClient() {
    mqtt::SessionOptions options;
    options.uri = broker_->uri();
    options.client_id = "client";
    mqtt::SessionCallbacks callbacks;
    callbacks.on_message = [this](Message m) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(m));
      changed_.notify_all();
    };
    client_ = mqtt::Session::Create(options, {{"reply", 1}}, callbacks).value();
    client_->Start();
  }
  Message Ask(const std::string& tail, std::string payload) {
    Message m;
    m.topic = "tinyfog/v1/s/n/up/infer/" + tail;
    m.payload = std::move(payload);
    m.qos = 1;
    m.response_topic = "reply";
    std::unique_lock lock(mutex_);
    // The gateway may still be connecting: the first question is asked again until it is answered.
    for (int attempt = 0; attempt < 30; ++attempt) {
      answers_.clear();
      lock.unlock();
      EXPECT_TRUE(client_->Publish(m).ok());
      lock.lock();
      if (changed_.wait_for(lock, std::chrono::seconds(ready_ ? 30 : 2),
                            [this] { return !answers_.empty(); })) {
        ready_ = true;
        return answers_[0];
      }
    }
    ADD_FAILURE() << "no answer on " << m.topic;
    return {};
  }

  std::unique_ptr<metrics::Registry> metrics_ = metrics::Registry::Create();
  std::unique_ptr<events::EventBus> events_ = events::EventBus::Create();
  fs::path repository_;
  std::unique_ptr<inference::Server> server_;
  std::unique_ptr<PrivateBroker> broker_;
  std::unique_ptr<Gateway> gateway_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Message> answers_;
  bool ready_ = false;
  std::unique_ptr<mqtt::Session> client_;
  std::string sample_;
};

TEST_F(GatewayModelTest, EveryFormGivesTheSameBytes) {
  const std::string raw = Ask("kws_int8", sample_).payload;
  ASSERT_EQ(raw.size(), 12u);
  const auto* scores = reinterpret_cast<const std::int8_t*>(raw.data());
  EXPECT_EQ(std::max_element(scores, scores + raw.size()) - scores, 5);

  v1::InferRequest request;
  request.add_inputs()->set_data(sample_);
  v1::InferResponse response;
  ASSERT_TRUE(response.ParseFromString(Ask("kws_int8@1/pb", request.SerializeAsString()).payload));
  ASSERT_EQ(response.code(), 0) << response.reason();
  EXPECT_EQ(response.outputs(0).data(), raw);

  const auto model = server_->Describe("kws_int8", 0).value();
  nlohmann::json input = {{"name", model.inputs[0].name},
                          {"datatype", "INT8"},
                          {"shape", model.inputs[0].shape},
                          {"data", nlohmann::json::array()}};
  for (const char c : sample_) input["data"].push_back(static_cast<std::int8_t>(c));
  const auto answer = nlohmann::json::parse(
      Ask("kws_int8/json", nlohmann::json{{"inputs", {input}}}.dump()).payload);
  ASSERT_TRUE(answer.contains("outputs")) << answer;
  const auto data = answer["outputs"][0]["data"].get<std::vector<std::int8_t>>();
  EXPECT_EQ(std::string(data.begin(), data.end()), raw);
}

TEST_F(GatewayModelTest, WrongSizesAndUnknownModelsAreAnswered) {
  const auto status = [](const Message& m) {
    return m.user_properties.empty() ? std::string() : m.user_properties[0].second;
  };
  EXPECT_EQ(status(Ask("kws_int8", "")), "3");
  EXPECT_EQ(status(Ask("kws_int8", sample_ + "x")), "3");
  EXPECT_EQ(status(Ask("kws_int8@9", sample_)), "5");
  EXPECT_EQ(status(Ask("nothing", sample_)), "5");
  EXPECT_EQ(Ask("kws_int8", sample_).payload.size(), 12u);
}

}  // namespace
}  // namespace tinyfog::mqtt_gateway
