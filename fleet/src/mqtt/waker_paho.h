#pragma once

#include <chrono>
#include <mutex>
#include <optional>

namespace tinyfog::mqtt {

/// Keeps the client library's threads running and makes its receiving thread look at its sockets
/// at once. Left alone, it notices a new connection only when its poll of the older ones ends,
/// which takes up to a second. Its public interface has nothing to wake that thread, so one more
/// client of the library is connected to a socket of this process, and a byte or two there end the
/// poll.
class Waker {
 public:
  /// The process's only one, made by the first call. Any thread.
  static Waker& Get();
  /// Never blocks. Does nothing where loopback is not available: connecting then takes longer.
  void Wake() const;
  /// As Session::UnansweredSince. Nothing where loopback is not available.
  std::optional<std::chrono::steady_clock::time_point> UnansweredSince();

 private:
  Waker();
  int socket_ = -1;
  std::mutex mutex_;  ///< guards what follows
  std::optional<std::chrono::steady_clock::time_point> asked_;
};

}  // namespace tinyfog::mqtt
