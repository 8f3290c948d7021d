// More requests than the gateway can compute: memory stays bounded, everybody is answered, and it
// recovers.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <thread>
#include <vector>

#include "gateway.h"
#include "mqtt_client.h"

namespace tinyfog::testing {
namespace {

using Clock = std::chrono::steady_clock;

double ResidentMegabytes(Gateway& gateway) {
  const std::string status =
      Contents("/proc/" + std::to_string(gateway.process().pid()) + "/status");
  return std::stod(status.substr(status.find("VmRSS:") + 6)) / 1024;
}

/// What the gateway computes per second with this model, found by keeping requests outstanding for
/// a while.
double Capacity(MqttClient& client) {
  constexpr int kRequests = 400;
  const auto begin = Clock::now();
  for (int i = 0; i < kRequests; ++i) client.Publish(MotorRequest(client));
  for (int i = 0; i < kRequests; ++i) {
    if (!client.Next()) ADD_FAILURE() << "no answer";
  }
  return kRequests / std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Of single requests, one after the other.
double MedianMilliseconds(MqttClient& client) {
  std::vector<double> times(21);
  for (double& time : times) {
    const auto begin = Clock::now();
    EXPECT_TRUE(client.Request(MotorRequest(client)).has_value());
    time = std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  }
  std::nth_element(times.begin(), times.begin() + 10, times.end());
  return times[10];
}

TEST(Overload, AtTwiceTheCapacityEverybodyIsAnsweredAndMemoryStaysBounded) {
  const int seconds = std::getenv("TINYFOG_LONG") != nullptr ? 30 : 4;
  // A queue that the test can fill in its time, and a backend that is slower than the broker.
  Gateway gateway({.tables = {{"inference", "backends = [\"CpuRef\"]\n"},
                              {"inference.defaults", "queue_capacity = 256\n"}}});
  gateway.Start();
  MqttClient client(gateway.mqtt());
  const double latency_before = MedianMilliseconds(client);
  const double rate = 2 * Capacity(client);
  const double before = ResidentMegabytes(gateway);

  std::map<std::string, int> outcomes;
  std::atomic<bool> done{false};
  std::atomic<long> sent{0};
  long answered = 0;
  std::thread reader([&] {
    while (!done || answered < sent) {
      const auto answer = client.Next();
      if (!answer) break;
      ++answered;
      const std::string status = UserProperty(*answer, "status");
      ++outcomes[status.empty() ? "0" : status];
    }
  });
  const auto begin = Clock::now();
  double most = before;
  // Paced by the clock: what is due by now is sent at once, however late the scheduler was.
  for (auto now = begin; now < begin + std::chrono::seconds(seconds); now = Clock::now()) {
    const auto due = static_cast<long>(std::chrono::duration<double>(now - begin).count() * rate);
    for (; sent < due; ++sent) client.Publish(MotorRequest(client));
    most = std::max(most, ResidentMegabytes(gateway));
    std::this_thread::yield();
  }
  done = true;
  reader.join();

  EXPECT_EQ(answered, sent) << "requests without an answer";
  int known = 0;
  for (const char* status : {"0", "4", "8"}) known += outcomes[status];  // OK, expired, exhausted
  EXPECT_EQ(known, answered);
  EXPECT_GT(outcomes["0"], 0);
  std::printf(
      "sent %ld at %.0f/s for %d s: %d results, %d expired, %d exhausted; %.0f -> %.0f MB\n",
      sent.load(), rate, seconds, outcomes["0"], outcomes["4"], outcomes["8"], before, most);
  // The bound is that of the configuration (max_pending and max_pending_bytes), far below what was
  // sent.
  EXPECT_LT(most - before, 150);
  EXPECT_EQ(gateway.Metric("tinyfog_mqtt_dropped_total"), 0) << gateway.Metrics();

  // It recovers: the queue is empty and a request is answered with a result.
  EXPECT_TRUE(Eventually([&] { return gateway.Metric("tinyfog_inference_queue_depth") == 0; }));
  const auto answer = client.Request(MotorRequest(client));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->payload.size(), 5u);
  // Compared with before, not with a bound of its own: other work may slow this machine down.
  const double latency_after = MedianMilliseconds(client);
  std::printf("median latency before %.2f ms, after %.2f ms\n", latency_before, latency_after);
  EXPECT_LT(latency_after, 20 * latency_before + 20);
}

}  // namespace
}  // namespace tinyfog::testing
