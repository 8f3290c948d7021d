#include "publish_queue.h"

#include <algorithm>
#include <utility>

namespace tinyfog::mqtt {

Outcome<void> PublishQueue::Push(Message message) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Unavailable("the MQTT session is stopped");
    if (!open_ && message.qos == 0) {
      ++dropped_;
      return Unavailable("not connected to the MQTT broker");
    }
    if (backlog_.size() >= limit_) {
      ++dropped_;
      return Error{Status::kResourceExhausted, "the MQTT publish backlog is full"};
    }
    auto publication = std::make_unique<Publication>();
    publication->message = std::move(message);
    publication->sequence = ++sequence_;
    pending_ += 1;
    pending_bytes_ += publication->message.payload.size();
    backlog_.push_back(std::move(publication));
  }
  Pump();
  return {};
}

void PublishQueue::Pump() {
  std::unique_lock lock(mutex_);
  if (pumping_) return;  // that thread looks at the backlog again before it leaves
  pumping_ = true;
  while (open_ && !backlog_.empty() && outstanding_ < allowed_) {
    in_flight_.push_back(std::move(backlog_.front()));
    backlog_.pop_front();
    Publication& next = *in_flight_.back();
    next.self = std::prev(in_flight_.end());
    ++outstanding_;
    lock.unlock();
    // Its Finish may come before this returns; afterwards `next` is ours only if it was not sent.
    const Sent sent = send_(next);
    lock.lock();
    if (sent == Sent::kYes) continue;
    auto unsent = Take(next);
    if (sent == Sent::kNever || unsent->abandoned) {
      const std::uint64_t ticket = unsent->message.ticket;
      Drop(std::move(unsent));
      lock.unlock();
      Report(ticket, false);
      lock.lock();
      continue;
    }
    PutBack(std::move(unsent));
    break;
  }
  pumping_ = false;
  if (!open_) idle_.notify_all();
}

void PublishQueue::WaitIdle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return !pumping_; });
}

std::unique_ptr<Publication> PublishQueue::Take(Publication& publication) {
  auto owned = std::move(*publication.self);
  in_flight_.erase(owned->self);
  if (!owned->abandoned) --outstanding_;
  return owned;
}

void PublishQueue::PutBack(std::unique_ptr<Publication> publication) {
  auto at = backlog_.begin();
  while (at != backlog_.end() && (*at)->sequence < publication->sequence) ++at;
  backlog_.insert(at, std::move(publication));
}

void PublishQueue::Forget(const Publication& publication) {
  pending_ -= 1;
  pending_bytes_ -= publication.message.payload.size();
}

void PublishQueue::Drop(std::unique_ptr<Publication> publication) {
  if (publication->abandoned) return;
  Forget(*publication);
  ++dropped_;
}

void PublishQueue::Finish(Publication& publication, bool delivered) {
  std::unique_ptr<Publication> owned;  // freed after the lock
  std::uint64_t ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    owned = Take(publication);
    if (owned->abandoned) return;
    if (delivered) ticket = owned->message.ticket;
    if (delivered) {
      Forget(*owned);
      ++published_;
    } else if (owned->message.qos > 0 && !abandoned_) {
      PutBack(std::move(owned));
    } else {
      Drop(std::move(owned));
    }
  }
  Report(ticket, true);
  Pump();
}

void PublishQueue::Report(std::uint64_t ticket, bool taken) const {
  if (ticket != 0 && tell_) tell_(ticket, taken);
}

void PublishQueue::Reject(Publication& publication) {
  const std::uint64_t ticket = publication.message.ticket;
  {
    const std::lock_guard lock(mutex_);
    Drop(Take(publication));
  }
  Report(ticket, false);
  Pump();
}

void PublishQueue::Open(std::uint32_t receive_maximum) {
  {
    const std::lock_guard lock(mutex_);
    open_ = !abandoned_;
    allowed_ = std::min(window_, receive_maximum);
  }
  Pump();
}

void PublishQueue::Pause() {
  const std::lock_guard lock(mutex_);
  open_ = false;
  std::deque<std::unique_ptr<Publication>> kept;
  for (auto& waiting : backlog_) {
    if (waiting->message.qos > 0) {
      kept.push_back(std::move(waiting));
    } else {
      Drop(std::move(waiting));
    }
  }
  backlog_.swap(kept);
  // The library does not report every QoS 0 message that a lost connection cuts short.
  for (auto& sent : in_flight_) {
    if (sent->message.qos > 0 || sent->abandoned) continue;
    sent->abandoned = true;
    --outstanding_;
    Forget(*sent);
    ++dropped_;
  }
}

void PublishQueue::Close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void PublishQueue::Abandon() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  open_ = false;
  abandoned_ = true;
  for (auto& waiting : backlog_) Drop(std::move(waiting));
  backlog_.clear();
}

void PublishQueue::Fill(SessionStats& stats) const {
  const std::lock_guard lock(mutex_);
  stats.published = published_;
  stats.dropped = dropped_;
  stats.outstanding = outstanding_;
  stats.backlog = static_cast<std::uint32_t>(backlog_.size());
}

}  // namespace tinyfog::mqtt
