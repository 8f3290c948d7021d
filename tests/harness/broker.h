#pragma once

#include <memory>
#include <string>

#include "process.h"

namespace tinyfog::testing {

/// A real mosquitto on a free port of loopback, which it keeps over restarts.
class Broker {
 public:
  /// `more`: lines of mosquitto.conf.
  explicit Broker(std::string more = "");
  /// "mqtt://127.0.0.1:PORT"
  std::string uri() const { return "mqtt://127.0.0.1:" + std::to_string(port_); }
  int port() const { return port_; }
  void Kill();     ///< as a crash does
  void Restart();  ///< returns when it accepts connections

 private:
  const std::string more_;
  TemporaryFolder folder_;
  int port_ = 0;
  std::unique_ptr<Process> process_;
};

/// A port of loopback that nobody listens on. Another process may take it at any time: only for
/// servers that cannot choose one themselves, with a second try.
int FreePort();

/// Whether something accepts connections on 127.0.0.1:port.
bool Accepts(int port);

}  // namespace tinyfog::testing
