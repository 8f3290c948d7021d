#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "tinyfog/inference/server.h"

namespace tinyfog::mqtt_gateway {

/// Asks again and again until `condition` holds. False after a bound that only ends a test that
/// fails.
inline bool Until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    never.wait_for(lock, std::chrono::milliseconds(1));
  }
  return true;
}

/// An inference server whose pace a test controls: model "echo" answers its input's bytes, "wide"
/// two outputs, anything else is unknown. Keeps the contract of Server::Submit (deadline, done
/// exactly once, bounded queue); the real one is tested with the gateway in tests/.
class ServerForTest final : public inference::Server {
 public:
  explicit ServerForTest(std::size_t queue = 1000) : capacity_(queue) {
    worker_ = std::thread([this] { Work(); });
  }
  ~ServerForTest() override {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
      held_ = false;
      changed_.notify_all();
    }
    worker_.join();
  }

  /// While held, accepted requests wait.
  void Hold(bool hold) {
    const std::lock_guard lock(mutex_);
    held_ = hold;
    changed_.notify_all();
  }
  std::uint64_t executed() const { return executed_; }
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

  void Submit(inference::Request request) override {
    const auto refuse = [&](Status code, const char* text) {
      request.done({Error{code, text}, request.model, 0, {}});
    };
    if (request.model != "echo" && request.model != "wide") {
      return refuse(Status::kNotFound, "unknown model");
    }
    if (request.inputs.size() != 1 || request.inputs[0].bytes.size() != 4) {
      return refuse(Status::kInvalidArgument, "the input has 4 bytes");
    }
    {
      const std::lock_guard lock(mutex_);
      if (queue_.size() < capacity_) {
        queue_.push_back(std::move(request));
        changed_.notify_all();
        return;
      }
    }
    refuse(Status::kResourceExhausted, "queue full");
  }

  Outcome<void> Load(const std::string&) override { return {}; }
  Outcome<void> Unload(const std::string&) override { return {}; }
  Outcome<void> Check(std::vector<std::uint8_t>) override { return {}; }
  bool Ready() const override { return true; }
  bool ModelReady(const std::string&, std::int64_t) const override { return true; }
  std::vector<inference::IndexEntry> Index() const override { return {}; }
  Outcome<inference::ModelDescription> Describe(const std::string&, std::int64_t) const override {
    return NotFound("");
  }
  Outcome<std::vector<inference::ModelStatistics>> Statistics(const std::string&,
                                                              std::int64_t) const override {
    return NotFound("");
  }
  std::optional<inference::SteadyTime> OldestRunning() const override { return std::nullopt; }
  inference::EngineInfo engine() const override { return {}; }
  const std::filesystem::path& repository() const override { return repository_; }
  std::uint64_t max_model_bytes() const override { return 0; }
  std::size_t Drain(std::chrono::milliseconds) override { return 0; }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stop_ || (!held_ && !queue_.empty()); });
      if (stop_ && queue_.empty()) return;
      inference::Request request = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      Answer(request);
      lock.lock();
    }
  }
  void Answer(inference::Request& request) {
    inference::Response response{std::vector<inference::Tensor>(), request.model, 1, {}};
    if (request.deadline && *request.deadline <= std::chrono::steady_clock::now()) {
      response.outputs = Error{Status::kDeadlineExceeded, "expired"};
    } else {
      ++executed_;
      inference::Tensor out{"y", inference::DataType::kInt8, {1, 4}, request.inputs[0].bytes};
      response.outputs->push_back(out);
      if (request.model == "wide") response.outputs->push_back(out);
    }
    request.done(std::move(response));
  }

  const std::size_t capacity_;
  const std::filesystem::path repository_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<inference::Request> queue_;
  bool held_ = false;
  bool stop_ = false;
  std::atomic<std::uint64_t> executed_{0};
  std::thread worker_;
};

}  // namespace tinyfog::mqtt_gateway
