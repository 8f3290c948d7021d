#include "expiry.h"

namespace tinyfog::inference {
namespace {

constexpr std::chrono::milliseconds kPeriod{5};

}  // namespace

Expiry::Expiry(std::function<bool()> sweep)
    : sweep_(std::move(sweep)), thread_([this] { Run(); }) {}

Expiry::~Expiry() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Expiry::Arm() {
  if (armed_.load(std::memory_order_relaxed) || armed_.exchange(true)) return;
  // The lock keeps the wake-up from falling between the thread's check and its sleep.
  { const std::lock_guard lock(mutex_); }
  wake_.notify_one();
}

void Expiry::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    wake_.wait(lock, [this] { return stop_ || armed_.load(); });
    wake_.wait_for(lock, kPeriod, [this] { return stop_; });
    if (stop_) return;
    // Disarmed before the sweep: what arrives during it arms again.
    armed_.store(false);
    lock.unlock();
    const bool left = sweep_();
    lock.lock();
    if (left) armed_.store(true);
  }
}

}  // namespace tinyfog::inference
