#pragma once

#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <utility>

#include "tinyfog/fleet/board.h"
#include "tinyfog/host/error.h"

namespace tinyfog::fleet {

/// Work that other threads ask of the owner's and wait for. Each is answered once: by its work, or
/// with kUnavailable when the owner has closed. Thread-safe.
class Commands {
 public:
  using Work = std::function<Outcome<NodePtr>()>;

  /// Waits for the answer; `wake` makes the owner call Run soon.
  Outcome<NodePtr> Ask(Work work, const std::function<void()>& wake) {
    std::future<Outcome<NodePtr>> answer;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return Stopping();
      waiting_.push_back({std::move(work), {}});
      answer = waiting_.back().answer.get_future();
    }
    wake();
    return answer.get();
  }

  /// The owner's thread.
  void Run() {
    for (auto& command : Take(false)) command.answer.set_value(command.work());
  }
  void Close() {
    for (auto& command : Take(true)) command.answer.set_value(Stopping());
  }

 private:
  struct Command {
    Work work;
    std::promise<Outcome<NodePtr>> answer;
  };

  static Error Stopping() { return Unavailable("the gateway is stopping"); }
  std::deque<Command> Take(bool close) {
    const std::lock_guard lock(mutex_);
    closed_ = closed_ || close;
    return std::exchange(waiting_, {});
  }

  std::mutex mutex_;
  std::deque<Command> waiting_;
  bool closed_ = false;
};

}  // namespace tinyfog::fleet
