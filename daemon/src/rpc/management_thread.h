#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace tinyfog::rpc {

/// One thread for what may take seconds (loading, unloading), so that gRPC's own threads never
/// block. Tasks run one after the other; at most kMostWaiting wait.
class ManagementThread {
 public:
  static constexpr std::size_t kMostWaiting = 64;

  ManagementThread();
  /// Runs what waits, then ends.
  ~ManagementThread();

  /// Runs `task(stopping)` on the thread; `stopping` is true once Stop was called and the task
  /// should only answer that. False, and nothing happens, when too many wait. Any thread.
  bool Post(std::function<void(bool stopping)> task);
  /// Any thread.
  void Stop();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void(bool)>> tasks_;
  bool stopping_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace tinyfog::rpc
