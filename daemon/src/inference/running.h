#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>

#include "tinyfog/inference/request.h"

namespace tinyfog::inference {

/// What the workers of all models execute right now. Thread-safe.
class Running {
 public:
  /// One worker's part of it, for the life of its thread.
  class Worker {
   public:
    explicit Worker(Running& running) : running_(running) {
      const std::lock_guard lock(running_.mutex_);
      running_.workers_.insert(this);
    }
    ~Worker() {
      const std::lock_guard lock(running_.mutex_);
      running_.workers_.erase(this);
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    void Begin(SteadyTime now) { since_.store(now, std::memory_order_relaxed); }
    void End() { since_.store(SteadyTime::max(), std::memory_order_relaxed); }

   private:
    friend class Running;
    Running& running_;
    std::atomic<SteadyTime> since_{SteadyTime::max()};
  };

  /// When the batch began that is executed for longest; nothing while there is none.
  std::optional<SteadyTime> Oldest() const {
    const std::lock_guard lock(mutex_);
    SteadyTime oldest = SteadyTime::max();
    for (const Worker* worker : workers_) {
      oldest = std::min(oldest, worker->since_.load(std::memory_order_relaxed));
    }
    if (oldest == SteadyTime::max()) return std::nullopt;
    return oldest;
  }

 private:
  mutable std::mutex mutex_;
  std::set<const Worker*> workers_;
};

}  // namespace tinyfog::inference
