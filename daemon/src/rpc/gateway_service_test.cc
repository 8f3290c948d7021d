#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "server_fixture.h"
#include "tinyfog/v1/gateway.grpc.pb.h"

namespace tinyfog::rpc {
namespace {

using grpc::StatusCode;

class GatewayServiceTest : public ServerFixture {
 protected:
  void Open() {
    Start();
    gateway_ = v1::Gateway::NewStub(channel_);
  }

  static v1::Event Inference(const std::string& model, const std::string& text = "") {
    v1::Event event;
    event.set_kind(v1::Event::KIND_INFERENCE);
    event.set_text(text);
    event.mutable_inference()->set_model(model);
    return event;
  }

  std::unique_ptr<v1::Gateway::Stub> gateway_;
};

TEST_F(GatewayServiceTest, StatusHasWhatBothSidesKnow) {
  status_ = [](v1::GatewayStatus& status) {
    status.set_site("plant");
    status.set_version("9.9");
  };
  Open();
  v1::GatewayStatus status;
  ASSERT_TRUE(gateway_->GetStatus(Context().get(), {}, &status).ok());
  EXPECT_EQ(status.site(), "plant");
  EXPECT_EQ(status.version(), "9.9");
  EXPECT_TRUE(status.ready());
  EXPECT_EQ(status.repository(), (folder_ / "models").string());
  ASSERT_EQ(status.models_size(), 2);
  EXPECT_EQ(status.models(0).name(), "echo");
  EXPECT_EQ(status.models(0).requests(), 5u);
  EXPECT_EQ(status.models(1).reason(), "not a model");
  EXPECT_EQ(status.requests_total(), 5u);
}

TEST_F(GatewayServiceTest, EventsAreStreamedAndFiltered) {
  Open();
  v1::WatchEventsRequest request;
  request.set_model("kws");
  const auto context = Context();
  const auto stream = gateway_->WatchEvents(context.get(), request);
  stream->WaitForInitialMetadata();
  events_->Publish(Inference("other"));
  events_->Publish(Inference("kws", "first"));
  events_->Publish(Inference("kws", "second"));
  v1::Event event;
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.text(), "first");
  EXPECT_EQ(event.dropped(), 0u);
  EXPECT_TRUE(event.has_time());
  ASSERT_TRUE(stream->Read(&event));
  EXPECT_EQ(event.text(), "second");
  context->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  while (events_->HasSubscribers()) std::this_thread::yield();
}

TEST_F(GatewayServiceTest, SlowReaderIsToldWhatItMissed) {
  Open();
  const auto context = Context();
  const auto stream = gateway_->WatchEvents(context.get(), {});
  stream->WaitForInitialMetadata();
  constexpr std::uint64_t kEvents = 20000;
  for (std::uint64_t i = 1; i < kEvents; ++i) {
    events_->Publish(Inference("kws", std::string(1000, 'x')));
  }
  events_->Publish(Inference("last"));
  v1::Event event;
  std::uint64_t seen = 0;
  std::uint64_t dropped = 0;
  while (event.inference().model() != "last" && stream->Read(&event)) {
    ++seen;
    dropped += event.dropped();
  }
  EXPECT_EQ(seen + dropped, kEvents);
  EXPECT_GT(dropped, 0u);
}

TEST_F(GatewayServiceTest, TooManyWatchers) {
  options_.max_event_streams = 1;
  Open();
  const auto first_context = Context();
  const auto first = gateway_->WatchEvents(first_context.get(), {});
  first->WaitForInitialMetadata();
  const auto second_context = Context();
  const auto second = gateway_->WatchEvents(second_context.get(), {});
  EXPECT_EQ(second->Finish().error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(HasMetric("{code=\"RESOURCE_EXHAUSTED\",method=\"WatchEvents\"} 1"));
}

TEST_F(GatewayServiceTest, ShutdownEndsEventStreams) {
  Open();
  const auto context = Context();
  const auto stream = gateway_->WatchEvents(context.get(), {});
  stream->WaitForInitialMetadata();
  auto shutdown =
      std::async(std::launch::async, [&] { server_->Shutdown(std::chrono::seconds(30)); });
  v1::Event event;
  EXPECT_FALSE(stream->Read(&event));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAVAILABLE);
  shutdown.get();
}

}  // namespace
}  // namespace tinyfog::rpc
