#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace tinyfog::testing {

/// Stands in front of a TCP server of loopback and passes on what comes, until a test has it do
/// something else: a network that goes wrong while both ends are real.
class Relay {
 public:
  /// What a client is answered, before its connection is closed, instead of being passed on; given
  /// the first bytes that it sends. Nothing: pass it on.
  using Refusal = std::function<std::optional<std::string>(std::string_view first)>;

  explicit Relay(int server_port, Refusal refusal = nullptr);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  int port() const { return port_; }
  /// Where connections go from now on.
  void Redirect(int server_port) { server_port_ = server_port; }
  /// Ends the connections that are open, for the clients only: the server hears nothing of it, nor
  /// ever anything more on them. Nothing is passed on any more when it returns.
  void Abandon();

 private:
  struct Connection {
    std::atomic<bool> is_abandoned{false};
    std::atomic<bool> is_over{false};  ///< nothing is passed on any more
    std::thread thread;
  };

  void Accept();
  void Serve(int client, Connection& connection);
  bool PassAll(int client, int server, const Connection& connection);
  bool Pass(int from, int to, bool& is_first);

  const Refusal refusal_;
  std::atomic<int> server_port_;
  std::atomic<bool> stop_{false};
  int listener_ = -1;
  int port_ = 0;
  std::mutex mutex_;
  std::list<Connection> connections_;  ///< under the mutex
  std::thread thread_;
};

}  // namespace tinyfog::testing
