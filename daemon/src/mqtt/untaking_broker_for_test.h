#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tinyfog::mqtt_gateway {

/// A broker of MQTT 3.1.1 with one client, which it sends what the test says, and whose QoS 1
/// messages it acknowledges only once the test says so: the gateway's last limit depends on a
/// broker that does not take answers, which no real one does on demand.
class UntakingBroker {
 public:
  UntakingBroker();
  ~UntakingBroker();

  std::string uri() const;
  /// Sends `count` QoS 1 messages. Precondition: a client has connected.
  void Publish(const std::string& topic, const std::string& payload, int count);
  /// Acknowledges what it has received, and everything from now on.
  void TakeAnswers();
  /// Messages of the client on topics that end in `tail`.
  std::size_t Received(const std::string& tail);

 private:
  void Serve();
  void Handle(std::uint8_t first, const std::string& body);
  void Write(const std::string& bytes);

  int listener_ = -1;
  int client_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  bool takes_ = false;
  std::vector<std::string> unacknowledged_;  // packet identifiers
  std::vector<std::string> topics_;
  std::uint16_t next_id_ = 0;
  std::thread thread_;
};

}  // namespace tinyfog::mqtt_gateway
