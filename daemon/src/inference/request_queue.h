#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "tinyfog/inference/request.h"

namespace tinyfog::inference {

/// A validated request on its way: its inputs are in the model's order.
struct Pending {
  Request request;
  std::vector<std::size_t> outputs;  ///< indices to answer with, in this order; empty: all
  std::uint32_t rows = 1;            ///< inferences in it
  SteadyTime arrived;
};
using PendingPtr = std::unique_ptr<Pending>;

/// What is waiting for one model version: levels of priority, first in first out within a level.
/// Bounded by the number of requests; when it is full, Push refuses. Any thread may call anything;
/// several workers may Pop. Requests that are past their deadline or cancelled are handed back to
/// be answered, never executed.
class RequestQueue {
 public:
  struct Limits {
    std::uint32_t capacity = 1024;
    std::uint32_t levels = 3;
    std::uint32_t max_batch = 8;             ///< rows
    std::chrono::microseconds max_delay{0};  ///< waiting for a batch to become fuller
    SteadyTime (*now)() = &std::chrono::steady_clock::now;
  };
  enum class Pushed : std::uint8_t { kAccepted, kFull, kClosed };

  explicit RequestQueue(const Limits& limits);

  /// Takes `pending` only when it accepts it. `expired` receives requests that made room. `level`
  /// is 1..levels, 1 first.
  Pushed Push(PendingPtr& pending, std::uint32_t level, std::vector<PendingPtr>& expired);

  /// Blocks until there is work. Appends up to max_batch rows to `batch` and what must not be
  /// executed to `expired`; either may stay empty. False: closed and empty.
  bool Pop(std::vector<PendingPtr>& batch, std::vector<PendingPtr>& expired);

  /// Moves requests that must not be executed to `expired`. True when requests are left that can
  /// become so.
  bool Sweep(std::vector<PendingPtr>& expired);

  /// From now on Push refuses and Pop does not wait for batches to fill.
  void Close();
  /// Hands over everything that waits.
  void Clear(std::vector<PendingPtr>& rest);
  std::size_t size() const;

 private:
  bool Dead(const Pending& pending, SteadyTime now) const;
  void SweepLocked(SteadyTime now, std::vector<PendingPtr>& expired);
  void TakeBatch(SteadyTime now, std::vector<PendingPtr>& batch, std::vector<PendingPtr>& expired);
  SteadyTime Oldest() const;
  bool WakeLocked();
  void Remove(const Pending& pending);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable work_;  ///< idle workers
  std::condition_variable full_;  ///< the worker that waits for a batch to become fuller
  std::vector<std::deque<PendingPtr>> levels_;
  std::size_t count_ = 0;
  std::uint64_t rows_ = 0;
  std::size_t perishable_ = 0;  ///< waiting requests with a deadline or a cancel flag
  std::size_t idle_ = 0;        ///< workers in work_ that nobody has woken
  std::size_t wakes_ = 0;       ///< workers in work_ that were told to wake
  bool gathering_ = false;
  bool closed_ = false;
};

}  // namespace tinyfog::inference
