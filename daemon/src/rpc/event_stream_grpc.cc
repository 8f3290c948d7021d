#include "event_stream_grpc.h"

#include <memory>

#include "event_filter.h"
#include "watch_stream_grpc.h"

namespace tinyfog::rpc {
namespace {

/// A subscription's events that the client wants; those that it drops in between are counted.
class EventSource {
 public:
  EventSource(events::EventBus& bus, const v1::WatchEventsRequest& request)
      : request_(request), subscription_(bus.Subscribe()) {}

  bool Next(v1::Event& next) {
    const auto event = subscription_->Next(std::chrono::minutes(1));
    if (!event || !Wanted(request_, *event)) return false;
    next = *event;
    const auto dropped = subscription_->dropped();
    next.set_dropped(dropped - reported_);
    reported_ = dropped;
    return true;
  }
  void Close() { subscription_->Close(); }

 private:
  const v1::WatchEventsRequest request_;
  const std::unique_ptr<events::Subscription> subscription_;
  std::uint64_t reported_ = 0;
};

}  // namespace

grpc::ServerWriteReactor<v1::Event>* StartEventStream(ServiceContext& context,
                                                      const v1::WatchEventsRequest& request,
                                                      std::shared_ptr<void> place) {
  // Both functions of the source share it.
  const auto source = std::make_shared<EventSource>(context.backing.events, request);
  return new WatchStream<v1::Event>(
      context, Method::kWatchEvents,
      {[source](v1::Event& event) { return source->Next(event); }, [source] { source->Close(); }},
      std::move(place));
}

}  // namespace tinyfog::rpc
