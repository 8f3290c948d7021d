#include "tinyfog/events/event_bus.h"

#include <google/protobuf/util/time_util.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace tinyfog::events {
namespace {

/// The queue of one subscription; shared by the subscription and the bus.
class Queue {
 public:
  explicit Queue(std::size_t capacity) : capacity_(capacity) {}

  void Push(const EventPtr& event) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      if (events_.size() == capacity_) {
        events_.pop_front();
        ++dropped_;
      }
      events_.push_back(event);
    }
    filled_.notify_one();
  }

  EventPtr Next(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, wait, [this] { return closed_ || !events_.empty(); });
    if (closed_ || events_.empty()) return nullptr;
    EventPtr event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
  }

  std::uint64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<EventPtr> events_;
  std::uint64_t dropped_ = 0;
  bool closed_ = false;
};

/// Who listens. Shared, because a subscription may outlive the bus.
class Listeners {
 public:
  void Add(std::shared_ptr<Queue> queue) {
    const std::lock_guard lock(mutex_);
    queues_.push_back(std::move(queue));
    count_.store(queues_.size(), std::memory_order_relaxed);
  }
  void Remove(const Queue* queue) {
    const std::lock_guard lock(mutex_);
    std::erase_if(queues_, [queue](const auto& q) { return q.get() == queue; });
    count_.store(queues_.size(), std::memory_order_relaxed);
  }
  bool empty() const { return count_.load(std::memory_order_relaxed) == 0; }
  void Push(const EventPtr& event) {
    const std::lock_guard lock(mutex_);
    for (const auto& queue : queues_) queue->Push(event);
  }
  void CloseAll() {
    const std::lock_guard lock(mutex_);
    for (const auto& queue : queues_) queue->Close();
  }

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<Queue>> queues_;
  std::atomic<std::size_t> count_{0};
};

class QueueSubscription final : public Subscription {
 public:
  QueueSubscription(std::shared_ptr<Listeners> listeners, std::shared_ptr<Queue> queue)
      : listeners_(std::move(listeners)), queue_(std::move(queue)) {}
  ~QueueSubscription() override { listeners_->Remove(queue_.get()); }
  EventPtr Next(std::chrono::milliseconds wait) override { return queue_->Next(wait); }
  std::uint64_t dropped() const override { return queue_->dropped(); }
  void Close() override { queue_->Close(); }

 private:
  std::shared_ptr<Listeners> listeners_;
  std::shared_ptr<Queue> queue_;
};

class FanOut final : public EventBus {
 public:
  ~FanOut() override { listeners_->CloseAll(); }
  bool HasSubscribers() const override { return !listeners_->empty(); }
  void Publish(v1::Event event) override {
    if (listeners_->empty()) return;
    if (!event.has_time()) {
      // TimeUtil::GetCurrentTime knows seconds only.
      *event.mutable_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          std::chrono::duration_cast<std::chrono::microseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count());
    }
    listeners_->Push(std::make_shared<const v1::Event>(std::move(event)));
  }
  std::unique_ptr<Subscription> Subscribe(std::size_t capacity) override {
    auto queue = std::make_shared<Queue>(capacity == 0 ? 1 : capacity);
    listeners_->Add(queue);
    return std::make_unique<QueueSubscription>(listeners_, std::move(queue));
  }

 private:
  std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
};

}  // namespace

std::unique_ptr<EventBus> EventBus::Create() { return std::make_unique<FanOut>(); }

}  // namespace tinyfog::events
