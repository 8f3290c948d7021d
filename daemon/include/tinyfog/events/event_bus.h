#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::events {

using EventPtr = std::shared_ptr<const v1::Event>;

/// One listener's bounded queue; when it is full the oldest event is dropped and counted in
/// `dropped`. Destroying it ends the subscription.
class Subscription {
 public:
  virtual ~Subscription() = default;
  /// The next event, or null when `wait` has passed or Close was called. Any thread, one at a time.
  virtual EventPtr Next(std::chrono::milliseconds wait) = 0;
  virtual std::uint64_t dropped() const = 0;
  /// Wakes Next for good. Any thread.
  virtual void Close() = 0;
};

/// Fans events out to whoever listens: gRPC event streams. All methods are thread-safe and do not
/// block.
class EventBus {
 public:
  static std::unique_ptr<EventBus> Create();
  virtual ~EventBus() = default;
  /// Whether anybody listens: ask before building an event on a hot path.
  virtual bool HasSubscribers() const = 0;
  virtual void Publish(v1::Event event) = 0;  ///< sets event.time if unset
  virtual std::unique_ptr<Subscription> Subscribe(std::size_t capacity = 1024) = 0;
};

}  // namespace tinyfog::events
