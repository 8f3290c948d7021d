#include "management_thread.h"

#include <utility>

namespace tinyfog::rpc {

ManagementThread::ManagementThread() : thread_([this] { Run(); }) {}

ManagementThread::~ManagementThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool ManagementThread::Post(std::function<void(bool)> task) {
  {
    const std::lock_guard lock(mutex_);
    if (tasks_.size() >= kMostWaiting) return false;
    tasks_.push_back(std::move(task));
  }
  changed_.notify_all();
  return true;
}

void ManagementThread::Stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
}

void ManagementThread::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    const bool stopping = stopping_;
    lock.unlock();
    task(stopping);
    lock.lock();
  }
}

}  // namespace tinyfog::rpc
