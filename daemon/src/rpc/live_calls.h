#pragma once

#include <mutex>
#include <set>

namespace tinyfog::rpc {

/// A long call that a shutdown must end.
class LongCall {
 public:
  /// Ends the call soon: what was accepted is answered first. Any thread; must not block. May come
  /// more than once.
  virtual void Stop() = 0;

 protected:
  ~LongCall() = default;
};

/// The long calls under way. A call must be removed before it is destroyed. Thread-safe.
class LiveCalls {
 public:
  /// After StopAll the call is stopped at once.
  void Add(LongCall& call) {
    const std::lock_guard lock(mutex_);
    calls_.insert(&call);
    if (stopped_) call.Stop();
  }
  void Remove(LongCall& call) {
    const std::lock_guard lock(mutex_);
    calls_.erase(&call);
  }
  void StopAll() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (LongCall* call : calls_) call->Stop();
  }

 private:
  std::mutex mutex_;
  std::set<LongCall*> calls_;
  bool stopped_ = false;
};

}  // namespace tinyfog::rpc
