#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "tinyfog/mqtt/session.h"

namespace tinyfog::mqtt {

class PublishQueue;

/// One message on its way out.
struct Publication {
  Message message;
  std::uint64_t sequence = 0;
  PublishQueue* queue = nullptr;  ///< where the client library reports
  bool abandoned = false;  ///< no longer counted; only its memory waits for the client library
  std::list<std::unique_ptr<Publication>>::iterator self;
};

/// The publish window and the bounded backlog behind it. Thread-safe; never calls `send` with its
/// lock held, and from one thread at a time.
class PublishQueue {
 public:
  enum class Sent : std::uint8_t {
    kYes,    ///< Finish will be called once for it
    kLater,  ///< not possible now: stays first in the backlog
    kNever   ///< this message cannot be sent: dropped
  };
  using Send = std::function<Sent(Publication&)>;

  using Tell = std::function<void(std::uint64_t ticket, bool taken)>;

  /// `tell`: what became of a message with a ticket: taken by the broker, or dropped; may be null.
  PublishQueue(std::uint32_t window, std::uint32_t backlog, Send send, Tell tell = {})
      : window_(window), limit_(backlog), send_(std::move(send)), tell_(std::move(tell)) {}

  /// Errors: kResourceExhausted (backlog full), kUnavailable (closed, or QoS 0 and not open).
  Outcome<void> Push(Message message);
  /// What became of a sent publication; `delivered` false means that the connection was lost first:
  /// QoS 1 goes back to the front of the backlog, QoS 0 is dropped. Sends what the window allows.
  void Finish(Publication& publication, bool delivered);
  /// As Finish, for a message that the broker refused for good.
  void Reject(Publication& publication);

  /// Connected: send. The broker takes at most `receive_maximum` messages at once.
  void Open(std::uint32_t receive_maximum);
  void Pause();     ///< disconnected: what is QoS 0 is dropped, QoS 1 waits
  void WaitIdle();  ///< returns when no thread is inside `send`; after Pause none enters it
  void Close();     ///< refuses everything from now on; what is queued is still sent
  /// Gives up: everything that is queued counts as dropped, later Finish calls only free memory.
  void Abandon();

  std::uint64_t pending() const { return pending_.load(std::memory_order_relaxed); }
  std::uint64_t pending_bytes() const { return pending_bytes_.load(std::memory_order_relaxed); }
  void Fill(SessionStats& stats) const;

 private:
  void Pump();
  void Drop(std::unique_ptr<Publication> publication);     // mutex_ held
  void Forget(const Publication& publication);             // mutex_ held
  void PutBack(std::unique_ptr<Publication> publication);  // mutex_ held
  std::unique_ptr<Publication> Take(Publication& publication);
  void Report(std::uint64_t ticket, bool taken) const;  // mutex_ not held

  const std::uint32_t window_;
  const std::uint32_t limit_;
  const Send send_;
  const Tell tell_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<std::unique_ptr<Publication>> backlog_;
  std::list<std::unique_ptr<Publication>> in_flight_;
  std::uint32_t outstanding_ = 0;
  std::uint32_t allowed_ = 0;  // of the window, by the present connection
  bool open_ = false;
  bool closed_ = false;
  bool abandoned_ = false;
  bool pumping_ = false;
  std::uint64_t sequence_ = 0;
  std::uint64_t published_ = 0;
  std::uint64_t dropped_ = 0;
  std::atomic<std::uint64_t> pending_{0};
  std::atomic<std::uint64_t> pending_bytes_{0};
};

}  // namespace tinyfog::mqtt
