#include "event_stream_grpc.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "event_filter.h"

namespace tinyfog::rpc {
namespace {

/// One reader. Its thread waits for events and writes them one by one; while a slow reader holds up
/// a write, the subscription drops the oldest events and counts them.
class EventStream final : public grpc::ServerWriteReactor<v1::Event>, public LongCall {
 public:
  EventStream(ServiceContext& context, const v1::WatchEventsRequest& request,
              std::shared_ptr<void> place)
      : context_(context),
        request_(request),
        place_(std::move(place)),
        subscription_(context.backing.events.Subscribe()),
        active_(context.metrics.ActiveStreams(Method::kWatchEvents)) {
    active_.Add(1);
    StartSendInitialMetadata();  // tells the client that it will see everything from now on
    context_.calls.Add(*this);
    thread_ = std::thread([this] { Run(); });
  }

  ~EventStream() { active_.Add(-1); }

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
    subscription_->Close();
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
    subscription_->Close();
  }

 private:
  void Run() {
    const auto started = std::chrono::steady_clock::now();
    while (!Ending()) {
      if (const auto event = subscription_->Next(std::chrono::minutes(1))) Write(*event);
    }
    const bool cancelled = Cancelled();
    const auto code = cancelled ? Status::kCancelled : Status::kUnavailable;
    context_.metrics.Done(Method::kWatchEvents, code, started);
    place_.reset();  // before the client knows, so that it can watch again at once
    Finish({static_cast<grpc::StatusCode>(code),
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

  void Write(const v1::Event& event) {
    if (!Wanted(request_, event)) return;
    event_ = event;
    const auto dropped = subscription_->dropped();
    event_.set_dropped(dropped - reported_);
    reported_ = dropped;
    std::unique_lock lock(mutex_);
    writing_ = true;
    StartWrite(&event_);
    written_.wait(lock, [this] { return !writing_; });
  }

  ServiceContext& context_;
  const v1::WatchEventsRequest request_;
  std::shared_ptr<void> place_;
  const std::unique_ptr<events::Subscription> subscription_;
  metrics::Gauge& active_;
  v1::Event event_;
  std::uint64_t reported_ = 0;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable written_;
  bool writing_ = false;
  bool cancelled_ = false;
  bool stopped_ = false;

  std::thread thread_;
};

}  // namespace

grpc::ServerWriteReactor<v1::Event>* StartEventStream(ServiceContext& context,
                                                      const v1::WatchEventsRequest& request,
                                                      std::shared_ptr<void> place) {
  return new EventStream(context, request, std::move(place));
}

}  // namespace tinyfog::rpc
