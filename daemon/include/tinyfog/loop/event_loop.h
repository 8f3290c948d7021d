#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <memory>

namespace tinyfog::loop {

/// A timer or signal registration; destroying it cancels. Destroy it on the loop's thread.
class Registration {
 public:
  virtual ~Registration() = default;
};

/// The single thread that owns the daemon's state. Callbacks run on the thread that calls Run, one
/// after the other.
class EventLoop {
 public:
  static std::unique_ptr<EventLoop> Create();
  virtual ~EventLoop() = default;

  /// Runs `fn` on the loop's thread, soon. Any thread; never blocks.
  virtual void Post(std::function<void()> fn) = 0;
  /// Runs `fn` once after `delay`, unless the registration is destroyed before. Loop thread only.
  [[nodiscard]] virtual std::unique_ptr<Registration> After(std::chrono::milliseconds delay,
                                                            std::function<void()> fn) = 0;
  /// Runs `fn` every `period`. Loop thread only.
  [[nodiscard]] virtual std::unique_ptr<Registration> Every(std::chrono::milliseconds period,
                                                            std::function<void()> fn) = 0;
  /// Runs `fn(signal)` on the loop's thread whenever one of `signals` arrives.
  [[nodiscard]] virtual std::unique_ptr<Registration> OnSignal(std::initializer_list<int> signals,
                                                               std::function<void(int)> fn) = 0;
  /// Runs callbacks until Stop.
  virtual void Run() = 0;
  /// Any thread.
  virtual void Stop() = 0;
  /// Whether the caller is on the loop's thread (true before Run).
  virtual bool OnLoopThread() const = 0;
};

}  // namespace tinyfog::loop
