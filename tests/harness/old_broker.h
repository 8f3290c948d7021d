#pragma once

#include <atomic>
#include <list>
#include <string>
#include <thread>

namespace tinyfog::testing {

/// Stands in front of a real broker and makes it one that knows MQTT 3.1.1 only: refuses a CONNECT
/// of MQTT 5 with 3.1.1's return code 1 and closes, as such a broker does; passes everything else
/// on.
class OldBroker {
 public:
  explicit OldBroker(int broker_port);
  ~OldBroker();
  OldBroker(const OldBroker&) = delete;
  OldBroker& operator=(const OldBroker&) = delete;

  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }
  int refused() const { return refused_; }

 private:
  void Accept();
  void Serve(int client);

  const int broker_port_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<int> refused_{0};
  std::list<std::thread> connections_;  ///< the accepting thread's
  std::thread thread_;
};

}  // namespace tinyfog::testing
