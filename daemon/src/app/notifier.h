#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace tinyfog::app {

/// Tells systemd how the service is (sd_notify(3), Type=notify). Does nothing outside systemd.
class Notifier {
 public:
  /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that child
  /// processes do not speak for the daemon.
  Notifier();
  /// For tests: a socket path, "@name" for an abstract one.
  explicit Notifier(std::string socket) : socket_(std::move(socket)) {}

  /// Sends lines of "NAME=value". Returns false when nobody got them. Never blocks.
  bool Send(const std::string& lines) const;
  void Ready(const std::string& status) const { Send("READY=1\nSTATUS=" + status); }
  void Status(const std::string& status) const { Send("STATUS=" + status); }
  void Stopping() const { Send("STOPPING=1\nSTATUS=stopping"); }
  void Watchdog() const { Send("WATCHDOG=1"); }
  /// To be followed by Ready.
  void Reloading() const;

  /// How often systemd wants to hear Watchdog at least; nothing when it does not.
  std::optional<std::chrono::milliseconds> watchdog() const { return watchdog_; }

 private:
  std::string socket_;
  std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace tinyfog::app
