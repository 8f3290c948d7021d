#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "publish_queue.h"
#include "tinyfog/mqtt/session.h"

namespace tinyfog::mqtt {

/// One client of the library for one protocol version: connects, subscribes, sends. Its owner calls
/// all but Send and Interrupt from one thread; Send may be called from any.
class Link {
 public:
  struct Events {
    std::function<void(Message)> on_message;  ///< library's thread
    std::function<void(std::string reason)> on_lost;
    PublishQueue* queue = nullptr;
  };
  /// `version` is k5 or k311. Errors: kInvalidArgument.
  static Outcome<std::unique_ptr<Link>> Create(const SessionOptions& options, Version version,
                                               Events events);
  virtual ~Link() = default;

  /// Blocks until the broker answered or `bound` passed. After an error the attempt may still be
  /// under way: destroy the link. Errors: kUnimplemented (the broker does
  /// not speak this version), kUnauthenticated, kUnavailable.
  virtual Outcome<void> Connect(std::chrono::milliseconds bound) = 0;
  /// How many QoS 1 messages the broker takes at once; after Connect. The library keeps more than
  /// that to itself, and looks at them again once a second only.
  virtual std::uint32_t receive_maximum() const = 0;
  /// Errors: kPermissionDenied (refused), kUnavailable.
  virtual Outcome<void> Subscribe(const Session::Subscription& subscription,
                                  std::chrono::milliseconds bound) = 0;
  /// Errors: kUnavailable.
  virtual Outcome<void> Unsubscribe(const std::string& filter, std::chrono::milliseconds bound) = 0;
  virtual PublishQueue::Sent Send(Publication& publication) = 0;
  virtual void Disconnect(std::chrono::milliseconds bound) = 0;
  /// Makes a blocked Connect, Subscribe or Unsubscribe return. Any thread.
  virtual void Interrupt() = 0;
};

}  // namespace tinyfog::mqtt
