#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "service_context.h"

namespace tinyfog::rpc {

/// What a watching call sends.
template <class Message>
struct WatchSource {
  /// Waits for the next message, at most a minute or until `close`; false: there is none yet.
  std::function<bool(Message&)> next;
  std::function<void()> close;  ///< wakes `next` for good; any thread
};

/// One reader of something that goes on. Its thread waits for messages and writes them one by one;
/// a slow reader holds up only its own source. Ends when the client leaves or the gateway stops,
/// and deletes itself.
template <class Message>
class WatchStream final : public grpc::ServerWriteReactor<Message>, public LongCall {
 public:
  /// `place` is released when the call is over.
  WatchStream(ServiceContext& context, Method method, WatchSource<Message> source,
              std::shared_ptr<void> place)
      : context_(context),
        method_(method),
        source_(std::move(source)),
        place_(std::move(place)),
        active_(context.metrics.ActiveStreams(method)) {
    active_.Add(1);
    this->StartSendInitialMetadata();  // tells the client that it will see everything from now on
    context_.calls.Add(*this);
    thread_ = std::thread([this] { Run(); });
  }

  ~WatchStream() { active_.Add(-1); }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (!ok) cancelled_ = true;
    written_.notify_all();
  }

  void OnCancel() override {
    {
      const std::lock_guard lock(mutex_);
      cancelled_ = true;
    }
    source_.close();
  }

  void OnDone() override {
    context_.calls.Remove(*this);
    thread_.join();  // its last act was Finish
    delete this;
  }

  void Stop() override {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    source_.close();
  }

 private:
  void Run() {
    const auto started = std::chrono::steady_clock::now();
    while (!Ending()) {
      if (source_.next(message_)) Write();
    }
    const bool cancelled = Cancelled();
    const auto code = cancelled ? Status::kCancelled : Status::kUnavailable;
    context_.metrics.Done(method_, code, started);
    place_.reset();  // before the client knows, so that it can watch again at once
    this->Finish({static_cast<grpc::StatusCode>(code),
                  cancelled ? "the client gave up" : "the gateway is shutting down"});
  }

  bool Ending() {
    const std::lock_guard lock(mutex_);
    return cancelled_ || stopped_;
  }

  bool Cancelled() {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }

  void Write() {
    std::unique_lock lock(mutex_);
    writing_ = true;
    this->StartWrite(&message_);
    written_.wait(lock, [this] { return !writing_; });
  }

  ServiceContext& context_;
  const Method method_;
  const WatchSource<Message> source_;
  std::shared_ptr<void> place_;
  metrics::Gauge& active_;
  Message message_;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable written_;
  bool writing_ = false;
  bool cancelled_ = false;
  bool stopped_ = false;

  std::thread thread_;
};

/// Ends at once with an error.
template <class Message>
class RefusedStream final : public grpc::ServerWriteReactor<Message> {
 public:
  explicit RefusedStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace tinyfog::rpc
