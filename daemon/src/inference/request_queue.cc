#include "request_queue.h"

#include <algorithm>

namespace tinyfog::inference {
namespace {

bool Perishable(const Pending& pending) {
  return pending.request.deadline.has_value() || pending.request.cancel != nullptr;
}

}  // namespace

RequestQueue::RequestQueue(const Limits& limits) : limits_(limits), levels_(limits.levels) {}

bool RequestQueue::Dead(const Pending& pending, SteadyTime now) const {
  const auto& request = pending.request;
  return (request.deadline && *request.deadline <= now) ||
         (request.cancel && request.cancel->load(std::memory_order_relaxed));
}

void RequestQueue::Remove(const Pending& pending) {
  --count_;
  rows_ -= pending.rows;
  if (Perishable(pending)) --perishable_;
}

RequestQueue::Pushed RequestQueue::Push(PendingPtr& pending, std::uint32_t level,
                                        std::vector<PendingPtr>& expired) {
  bool wake = false;
  bool wake_gatherer = false;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Pushed::kClosed;
    if (count_ >= limits_.capacity && perishable_ > 0) SweepLocked(limits_.now(), expired);
    if (count_ >= limits_.capacity) return Pushed::kFull;
    ++count_;
    rows_ += pending->rows;
    if (Perishable(*pending)) ++perishable_;
    levels_[std::clamp(level, 1u, limits_.levels) - 1].push_back(std::move(pending));
    // A worker is woken once, and none while another one is already collecting this batch.
    if (gathering_) {
      wake_gatherer = rows_ >= limits_.max_batch;
    } else {
      wake = WakeLocked();
    }
  }
  if (wake) work_.notify_one();
  if (wake_gatherer) full_.notify_one();
  return Pushed::kAccepted;
}

bool RequestQueue::WakeLocked() {
  if (idle_ == 0) return false;
  --idle_;
  ++wakes_;
  return true;
}

SteadyTime RequestQueue::Oldest() const {
  SteadyTime oldest = SteadyTime::max();
  for (const auto& level : levels_) {
    if (!level.empty()) oldest = std::min(oldest, level.front()->arrived);
  }
  return oldest;
}

bool RequestQueue::Pop(std::vector<PendingPtr>& batch, std::vector<PendingPtr>& expired) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (count_ == 0) {
      if (closed_) return false;
      ++idle_;
      work_.wait(lock, [&] { return wakes_ > 0 || closed_; });
      if (wakes_ > 0) --wakes_;
      continue;
    }
    if (limits_.max_delay.count() > 0 && !closed_ && !gathering_ && rows_ < limits_.max_batch) {
      gathering_ = true;
      const auto until = Oldest() + limits_.max_delay;
      full_.wait_until(lock, until, [&] { return closed_ || rows_ >= limits_.max_batch; });
      gathering_ = false;
      if (count_ == 0) continue;
    }
    break;
  }
  TakeBatch(limits_.now(), batch, expired);
  const bool wake = count_ > 0 && WakeLocked();
  lock.unlock();
  if (wake) work_.notify_one();
  return true;
}

void RequestQueue::TakeBatch(SteadyTime now, std::vector<PendingPtr>& batch,
                             std::vector<PendingPtr>& expired) {
  std::uint32_t rows = 0;
  for (auto& level : levels_) {
    while (!level.empty()) {
      auto& next = level.front();
      const bool dead = Dead(*next, now);
      if (!dead && rows > 0 && rows + next->rows > limits_.max_batch) return;
      Remove(*next);
      if (!dead) rows += next->rows;
      (dead ? expired : batch).push_back(std::move(next));
      level.pop_front();
      if (rows >= limits_.max_batch) return;
    }
  }
}

void RequestQueue::SweepLocked(SteadyTime now, std::vector<PendingPtr>& expired) {
  for (auto& level : levels_) {
    const auto alive = std::stable_partition(level.begin(), level.end(),
                                             [&](const PendingPtr& p) { return !Dead(*p, now); });
    for (auto it = alive; it != level.end(); ++it) {
      Remove(**it);
      expired.push_back(std::move(*it));
    }
    level.erase(alive, level.end());
  }
}

bool RequestQueue::Sweep(std::vector<PendingPtr>& expired) {
  const std::lock_guard lock(mutex_);
  if (perishable_ > 0) SweepLocked(limits_.now(), expired);
  return perishable_ > 0;
}

void RequestQueue::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    idle_ = 0;
  }
  work_.notify_all();
  full_.notify_all();
}

void RequestQueue::Clear(std::vector<PendingPtr>& rest) {
  const std::lock_guard lock(mutex_);
  for (auto& level : levels_) {
    for (auto& pending : level) {
      Remove(*pending);
      rest.push_back(std::move(pending));
    }
    level.clear();
  }
}

std::size_t RequestQueue::size() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace tinyfog::inference
