#pragma once

#include <atomic>
#include <string>

#include "relay.h"

namespace tinyfog::testing {

/// Stands in front of a real broker and makes it one that knows MQTT 3.1.1 only: refuses a CONNECT
/// of MQTT 5 with 3.1.1's return code 1 and closes, as such a broker does; passes everything else
/// on.
class OldBroker {
 public:
  explicit OldBroker(int broker_port);

  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(relay_.port()); }
  int refused() const { return refused_; }

 private:
  std::atomic<int> refused_{0};
  Relay relay_;
};

}  // namespace tinyfog::testing
