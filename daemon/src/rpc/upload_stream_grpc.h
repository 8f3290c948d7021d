#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include "service_context.h"
#include "status_grpc.h"

namespace tinyfog::rpc {

/// Where the bytes of one upload go. One thread.
template <class Request, class Progress>
class UploadReceiver {
 public:
  virtual ~UploadReceiver() = default;
  /// Returns how many bytes are announced.
  virtual Outcome<std::uint64_t> Begin(const typename Request::Begin& begin) = 0;
  virtual Outcome<void> Append(std::span<const std::uint8_t> chunk) = 0;
  /// The client has sent all that it wants to. Returns the last message but for what was received.
  virtual Outcome<Progress> Commit() = 0;
  /// How it ended, for metrics and log. `interrupted`: the client said too little before it closed
  /// its side.
  virtual void Ended(const Outcome<void>& outcome, bool interrupted) = 0;
};

/// Answers one call that uploads: `begin` first, then chunks, then the client closes its side;
/// progress meanwhile, `done` last. What the receiver does may block, so it runs on the stream's
/// own thread, which waits for gRPC's callbacks where it reads or writes. `place` is released when
/// the call is over.
template <class Request, class Progress>
class UploadStream final : public grpc::ServerBidiReactor<Request, Progress>, public LongCall {
 public:
  using Receiver = UploadReceiver<Request, Progress>;

  UploadStream(const grpc::CallbackServerContext& call, ServiceContext& context, Method method,
               std::unique_ptr<Receiver> receiver, std::shared_ptr<void> place)
      : call_(call),
        context_(context),
        method_(method),
        receiver_(std::move(receiver)),
        place_(std::move(place)),
        active_(context.metrics.ActiveStreams(method)) {
    active_.Add(1);
    context_.calls.Add(*this);
    thread_ = std::thread([this] { Run(); });
  }

  ~UploadStream() { active_.Add(-1); }

  void OnReadDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    read_ok_ = ok;
    changed_.notify_all();
  }

  void OnWriteDone(bool) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    changed_.notify_all();
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

  void Stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

  void OnDone() override {
    context_.calls.Remove(*this);
    thread_.join();  // its last act was Finish
    delete this;
  }

 private:
  static constexpr std::size_t kLargestChunk = 1u << 20;

  void Run() {
    const auto started = std::chrono::steady_clock::now();
    const Outcome<void> outcome = Upload();
    receiver_->Ended(outcome, ended_early_);
    receiver_.reset();  // what was received and is not wanted goes before the client knows
    context_.metrics.Done(method_, outcome.ok() ? Status::kOk : outcome.error().code, started);
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !writing_; });
    }
    place_.reset();  // before the client knows, so that it can push again at once
    this->Finish(ToGrpc(outcome));
  }

  Outcome<void> Upload() {
    TINYFOG_TRY_ASSIGN(const bool any, Read());
    ended_early_ = !any;
    if (!any || !request_.has_begin()) {
      return InvalidArgument("the first message of a push must be `begin`");
    }
    TINYFOG_TRY_ASSIGN(size_, receiver_->Begin(request_.begin()));
    TINYFOG_TRY(Receive());
    TINYFOG_TRY_ASSIGN(Progress last, receiver_->Commit());
    SendProgress(std::move(last), true);
    return {};
  }

  Outcome<void> Receive() {
    for (;;) {
      TINYFOG_TRY_ASSIGN(const bool more, Read());
      ended_early_ = !more && received_ < size_;
      if (!more) return {};
      if (!request_.has_chunk()) return InvalidArgument("only chunks may follow `begin`");
      const std::string& chunk = request_.chunk();
      if (chunk.size() > kLargestChunk) return InvalidArgument("a chunk may have 1 MiB at most");
      TINYFOG_TRY(
          receiver_->Append({reinterpret_cast<const std::uint8_t*>(chunk.data()), chunk.size()}));
      received_ += chunk.size();
      SendProgress({}, false);
    }
  }

  /// The next message into request_; false when the client has closed its side.
  Outcome<bool> Read() {
    std::unique_lock lock(mutex_);
    if (!cancelled_ && !stopped_) {
      reading_ = true;
      this->StartRead(&request_);
    }
    const bool in_time = changed_.wait_for(lock, context_.options.push_idle_timeout,
                                           [this] { return !reading_ || cancelled_ || stopped_; });
    // A failed read may be told before OnCancel.
    if (cancelled_ || call_.IsCancelled()) return Error{Status::kCancelled, "the client gave up"};
    if (stopped_) return Unavailable("the gateway is shutting down; push again later");
    if (!in_time) {
      return Error{Status::kDeadlineExceeded,
                   "nothing arrived for " +
                       std::to_string(context_.options.push_idle_timeout.count()) + " s"};
    }
    return read_ok_;
  }

  /// Progress is skipped while an earlier one is under way, as a client that does not read must not
  /// hold up its own upload; the last one waits.
  void SendProgress(Progress progress, bool last) {
    std::unique_lock lock(mutex_);
    if (writing_ && !last) return;
    changed_.wait(lock, [this] { return !writing_; });
    response_ = std::move(progress);
    response_.set_received(received_);
    response_.set_size(size_);
    writing_ = true;
    this->StartWrite(&response_);
  }

  const grpc::CallbackServerContext& call_;
  ServiceContext& context_;
  const Method method_;
  std::unique_ptr<Receiver> receiver_;
  std::shared_ptr<void> place_;
  metrics::Gauge& active_;
  std::uint64_t size_ = 0;
  std::uint64_t received_ = 0;
  bool ended_early_ = false;  ///< before all that was announced had arrived

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  Request request_;    ///< gRPC's while reading_
  Progress response_;  ///< gRPC's while writing_
  bool reading_ = false;
  bool read_ok_ = false;
  bool writing_ = false;
  bool cancelled_ = false;
  bool stopped_ = false;

  std::thread thread_;
};

/// Ends at once with an error.
template <class Request, class Progress>
class RefusedUpload final : public grpc::ServerBidiReactor<Request, Progress> {
 public:
  explicit RefusedUpload(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace tinyfog::rpc
