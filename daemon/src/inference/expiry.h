#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace tinyfog::inference {

/// Calls `sweep` every few milliseconds while something that can expire or be cancelled is waiting,
/// so that it is answered in time even when all workers are busy. Sleeps otherwise.
class Expiry {
 public:
  /// `sweep` returns whether there is still something that can expire. It runs on a thread of its
  /// own until the destructor returns.
  explicit Expiry(std::function<bool()> sweep);
  ~Expiry();

  /// Something that can expire is waiting now. Any thread; cheap when it is known already.
  void Arm();

 private:
  void Run();

  const std::function<bool()> sweep_;
  std::atomic<bool> armed_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace tinyfog::inference
