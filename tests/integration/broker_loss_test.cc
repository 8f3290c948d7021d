// The broker dies and comes back: the gateway finds it again and nothing that it had accepted is
// lost.

#include <gtest/gtest.h>
#include <signal.h>

#include "broker.h"
#include "gateway.h"
#include "mqtt_client.h"

namespace tinyfog::testing {
namespace {

TEST(BrokerLoss, AnExternalBrokerIsFoundAgain) {
  Broker broker;
  Gateway gateway({.broker_uri = broker.uri(), .tables = {{"mqtt", "reconnect_max_ms = 500\n"}}});
  gateway.Start();
  {
    MqttClient client(broker.uri());
    EXPECT_TRUE(client.Request(MotorRequest(client)).has_value());
  }
  for (int round = 0; round < 3; ++round) {
    broker.Kill();
    EXPECT_TRUE(Eventually([&] { return gateway.Metric("tinyfog_mqtt_connected") == 0; }));
    broker.Restart();
    EXPECT_TRUE(Eventually([&] { return gateway.Metric("tinyfog_mqtt_connected") == 1; }))
        << gateway.Log();
    MqttClient client(broker.uri());
    EXPECT_TRUE(client.Request(MotorRequest(client)).has_value());
  }
  EXPECT_GE(gateway.Metric("tinyfog_mqtt_connects_total"), 4);
}

TEST(BrokerLoss, AnswersThatWaitForTheBrokerArriveWhenItIsBack) {
  // The client is subscribed with a session that the broker forgets at its death, so it must be
  // back before the answers: the gateway is stopped (not killed) while the broker restarts.
  Broker broker;
  Gateway gateway({.broker_uri = broker.uri(), .tables = {{"mqtt", "reconnect_max_ms = 500\n"}}});
  gateway.Start();
  MqttClient client(broker.uri());
  ASSERT_TRUE(client.Request(MotorRequest(client)).has_value());
  const std::size_t before = client.received();
  constexpr std::size_t kRequests = 200;
  for (std::size_t i = 0; i < kRequests; ++i) client.Publish(MotorRequest(client));
  ASSERT_TRUE(Eventually([&] { return client.received() > before + 5; }));
  broker.Kill();
  broker.Restart();
  // The client repeats what the broker had not acknowledged; every request is answered at least
  // once, or was lost with the broker before the gateway had it. What the gateway accepted it
  // answers.
  const auto accepted = [&] { return gateway.Metric("tinyfog_inference_requests_total"); };
  EXPECT_TRUE(Eventually([&] { return gateway.Metric("tinyfog_mqtt_connected") == 1; }));
  EXPECT_TRUE(Eventually([&] { return gateway.Metric("tinyfog_mqtt_backlog") == 0; }));
  const auto count = accepted();
  EXPECT_GE(count, 5);
  EXPECT_TRUE(client.Request(MotorRequest(client)).has_value());
  EXPECT_EQ(gateway.Metric("tinyfog_mqtt_dropped_total"), 0) << gateway.Metrics();
}

TEST(BrokerLoss, ThePrivateBrokerIsRestartedOnItsPort) {
  Gateway gateway;
  gateway.Start();
  const auto mosquitto = [&]() -> pid_t {
    for (const auto& task : std::filesystem::directory_iterator(
             "/proc/" + std::to_string(gateway.process().pid()) + "/task")) {
      const std::string pids = Contents(task.path() / "children");
      if (!pids.empty()) return std::stoi(pids);
    }
    return 0;
  };
  const pid_t first = mosquitto();
  ASSERT_GT(first, 0);
  ASSERT_EQ(kill(first, SIGKILL), 0);
  EXPECT_TRUE(Eventually([&] {
    const pid_t now = mosquitto();
    return now > 0 && now != first && gateway.Metric("tinyfog_mqtt_connected") == 1;
  })) << gateway.Log();
  MqttClient client(gateway.mqtt());
  EXPECT_TRUE(client.Request(MotorRequest(client)).has_value());
}

TEST(BrokerLoss, AKilledDaemonTakesItsPrivateBrokerAlong) {
  Gateway gateway;
  gateway.Start();
  const int port = gateway.mqtt_port();
  ASSERT_TRUE(Accepts(port));
  gateway.Kill();
  EXPECT_TRUE(Eventually([&] { return !Accepts(port); }));
}

}  // namespace
}  // namespace tinyfog::testing
