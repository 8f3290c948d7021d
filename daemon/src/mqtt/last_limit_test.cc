#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>

#include "server_for_test.h"
#include "tinyfog/mqtt_gateway/gateway.h"
#include "untaking_broker_for_test.h"

// What the gateway does when not even a refusal fits any more (README.md, Overload).
namespace tinyfog::mqtt_gateway {
namespace {

using std::chrono::milliseconds;

class LastLimitTest : public testing::Test {
 protected:
  ~LastLimitTest() override {
    server_.Hold(false);
    Until([&] { return server_.waiting() == 0; });
  }

  void Start(std::uint32_t max_pending) {
    MqttOptions options;
    options.site = "s";
    options.client_id = "gw";
    options.version = mqtt::Version::k311;
    options.max_pending = max_pending;
    gateway_ = Gateway::Create(options, broker_.uri(), server_, *metrics_, *events_).value();
    gateway_->Start();
    ASSERT_TRUE(Until([&] { return gateway_->status().state() == v1::Broker::STATE_CONNECTED; }));
  }
  /// The value of a metric by its name and labels.
  std::size_t Metric(const std::string& name) {
    const std::string text = metrics_->Expose();
    const std::size_t at = text.find("\n" + name + " ");
    return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size() + 2));
  }

  std::unique_ptr<metrics::Registry> metrics_ = metrics::Registry::Create();
  std::unique_ptr<events::EventBus> events_ = events::EventBus::Create();
  ServerForTest server_;
  UntakingBroker broker_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(LastLimitTest, WhatNobodyTakesIsCountedAndEndsWithTheBlockade) {
  constexpr std::size_t kPending = 16, kRefusals = 1024, kRequests = 1500;
  ASSERT_NO_FATAL_FAILURE(Start(kPending));
  server_.Hold(true);  // else a request and its answer have a place each for a moment
  const std::string topic = "tinyfog/v1/s/n1/up/infer/echo";
  broker_.Publish(topic, "abcd", kRequests);
  const auto dropped = [&] { return Metric("tinyfog_mqtt_dropped_total{reason=\"overload\"}"); };
  const auto refused = [&] { return Metric("tinyfog_mqtt_rejected_total{reason=\"overload\"}"); };
  // Each is admitted, refused or dropped. The gateway's own state takes a place as well.
  ASSERT_TRUE(Until([&] { return server_.waiting() + refused() + dropped() == kRequests; }))
      << metrics_->Expose();
  EXPECT_EQ(server_.waiting(), kPending - 1);
  EXPECT_EQ(refused(), kRefusals);
  const std::size_t lost = dropped();
  EXPECT_EQ(lost, kRequests - kPending - kRefusals + 1);

  server_.Hold(false);
  broker_.TakeAnswers();
  ASSERT_TRUE(Until([&] { return broker_.Received("/down/infer/echo") == kPending - 1; }));
  ASSERT_TRUE(Until([&] { return broker_.Received("/down/error") == refused(); }));
  // With places free again, everybody is answered.
  const std::uint64_t before = server_.executed();
  ASSERT_TRUE(
      Until([&] { return gateway_->status().messages_published() >= kPending + kRefusals; }));
  broker_.Publish(topic, "abcd", 10);
  ASSERT_TRUE(Until([&] { return server_.executed() == before + 10; }));
  EXPECT_EQ(dropped(), lost);
}

}  // namespace
}  // namespace tinyfog::mqtt_gateway
