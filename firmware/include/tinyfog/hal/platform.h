#pragma once

#include <cstdint>

namespace tinyfog::hal {

/// What the agent asks its board for, besides flash, connection and sensor. Nothing here waits.
class Platform {
 public:
  /// A free-running counter of microseconds that wraps around: times inferences.
  virtual std::uint32_t Microseconds() = 0;
  /// Bytes of the stack that have never been used; 0: unknown.
  virtual std::uint32_t StackFreeBytes() = 0;
  /// The program is alive. Called in every Agent::Work and between the steps of a model.
  virtual void FeedWatchdog() = 0;

 protected:
  ~Platform() = default;
};

}  // namespace tinyfog::hal
