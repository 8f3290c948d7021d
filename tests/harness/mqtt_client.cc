#include "mqtt_client.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace tinyfog::testing {
namespace {

std::string NewClientId() {
  static std::atomic<int> count{0};
  return "test-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

}  // namespace

MqttClient::MqttClient(const std::string& uri, std::vector<std::string> filters,
                       mqtt::Version version) {
  mqtt::SessionOptions options;
  options.uri = uri;
  options.client_id = NewClientId();
  options.version = version;
  options.publish_backlog = 1'000'000;
  options.reconnect_max = std::chrono::milliseconds(500);
  reply_topic_ = "reply/" + options.client_id;
  filters.push_back(reply_topic_);
  std::vector<mqtt::Session::Subscription> subscriptions;
  for (const std::string& filter : filters) subscriptions.push_back({filter, 1});
  auto session = mqtt::Session::Create(options, subscriptions,
                                       {.on_message =
                                            [this](mqtt::Message message) {
                                              const std::lock_guard lock(mutex_);
                                              messages_.push_back(std::move(message));
                                              ++received_;
                                              changed_.notify_all();
                                            },
                                        .on_connected =
                                            [this](mqtt::Version) {
                                              const std::lock_guard lock(mutex_);
                                              connected_ = true;
                                              changed_.notify_all();
                                            },
                                        .on_disconnected = nullptr});
  if (!session.ok()) {
    ADD_FAILURE() << session.error().message;
    return;
  }
  session_ = std::move(session).value();
  session_->Start();
  std::unique_lock lock(mutex_);
  EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [this] { return connected_; }))
      << "no connection to " << uri;
}

MqttClient::~MqttClient() {
  if (session_) session_->Stop(std::chrono::seconds(5));
}

void MqttClient::Publish(mqtt::Message message) {
  const auto published = session_->Publish(std::move(message));
  EXPECT_TRUE(published.ok()) << published.error().message;
}

std::optional<mqtt::Message> MqttClient::Next(std::chrono::seconds bound) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, bound, [this] { return !messages_.empty(); })) return std::nullopt;
  mqtt::Message message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

std::optional<mqtt::Message> MqttClient::Request(mqtt::Message message,
                                                 std::chrono::seconds bound) {
  const std::string correlation = "request " + std::to_string(++requests_);
  message.response_topic = reply_topic_;
  message.correlation_data = correlation;
  Publish(std::move(message));
  const auto end = std::chrono::steady_clock::now() + bound;
  while (std::chrono::steady_clock::now() < end) {
    auto answer = Next(bound);
    if (answer && answer->correlation_data == correlation) return answer;
  }
  return std::nullopt;
}

mqtt::Message MotorRequest(const MqttClient& client) {
  mqtt::Message message;
  message.topic = "tinyfog/v1/default/n/up/infer/motor";
  message.payload.assign(384, '\1');
  message.qos = 1;
  message.response_topic = client.reply_topic();
  return message;
}

std::string UserProperty(const mqtt::Message& message, const std::string& key) {
  for (const auto& [name, value] : message.user_properties) {
    if (name == key) return value;
  }
  return "";
}

}  // namespace tinyfog::testing
