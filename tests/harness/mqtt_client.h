#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "tinyfog/mqtt/session.h"

namespace tinyfog::testing {

/// A client of a broker that keeps what it receives. Connected when constructed, else the test
/// fails.
class MqttClient {
 public:
  /// `filters`: what it subscribes to. MQTT 5 clients also get a reply topic of their own.
  explicit MqttClient(const std::string& uri, std::vector<std::string> filters = {},
                      mqtt::Version version = mqtt::Version::k5);
  ~MqttClient();

  void Publish(mqtt::Message message);
  /// The oldest message not taken yet; nothing after `bound`.
  std::optional<mqtt::Message> Next(std::chrono::seconds bound = std::chrono::seconds(30));
  /// Publishes with a response topic and fresh correlation data and waits for the answer to it.
  std::optional<mqtt::Message> Request(mqtt::Message message,
                                       std::chrono::seconds bound = std::chrono::seconds(30));
  const std::string& reply_topic() const { return reply_topic_; }
  std::size_t received() const { return received_; }

 private:
  std::string reply_topic_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<mqtt::Message> messages_;
  bool connected_ = false;
  std::atomic<std::size_t> received_{0};
  int requests_ = 0;
  std::unique_ptr<mqtt::Session> session_;
};

/// A window for the demo model `motor` on the default site, answered on the client's reply topic.
mqtt::Message MotorRequest(const MqttClient& client);

/// The value of a user property, "" when it is not there.
std::string UserProperty(const mqtt::Message& message, const std::string& key);

}  // namespace tinyfog::testing
