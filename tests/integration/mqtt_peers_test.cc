// The gateway among other clients of a broker: several share a load, an old broker is understood, a
// death is seen.

#include <gtest/gtest.h>

#include <map>

#include "broker.h"
#include "gateway.h"
#include "mqtt_client.h"
#include "old_broker.h"

namespace tinyfog::testing {
namespace {

Gateway::Options Named(const std::string& broker_uri, const std::string& client_id,
                       const std::string& more = "") {
  return {.broker_uri = broker_uri,
          .tables = {{"mqtt", "client_id = \"" + client_id + "\"\n" + more}}};
}

TEST(MqttPeers, TwoGatewaysShareALoadAndEachRequestIsAnsweredOnce) {
  Broker broker;
  Gateway first(Named(broker.uri(), "first", "shared_group = \"site\"\n"));
  Gateway second(Named(broker.uri(), "second", "shared_group = \"site\"\n"));
  first.Start();
  second.Start();
  MqttClient client(broker.uri());
  constexpr int kRequests = 200;
  for (int i = 0; i < kRequests; ++i) {
    mqtt::Message request = MotorRequest(client);
    request.correlation_data = std::to_string(i);
    client.Publish(std::move(request));
  }
  std::map<std::string, int> answers;
  for (int i = 0; i < kRequests; ++i) {
    const auto answer = client.Next();
    ASSERT_TRUE(answer.has_value()) << i;
    EXPECT_EQ(answer->payload.size(), 5u);
    ++answers[answer->correlation_data];
  }
  EXPECT_EQ(answers.size(), std::size_t{kRequests});
  const char* name = "tinyfog_inference_requests_total";
  EXPECT_GT(first.Metric(name), 0);
  EXPECT_GT(second.Metric(name), 0);
  EXPECT_EQ(first.Metric(name) + second.Metric(name), kRequests);

  // One goes: the other one does all of the work.
  EXPECT_EQ(second.Stop(), 0);
  const auto before = first.Metric(name);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(client.Request(MotorRequest(client)).has_value());
  EXPECT_EQ(first.Metric(name), before + 10);
}

TEST(MqttPeers, ABrokerThatKnowsOnly311IsUnderstood) {
  Broker broker;
  OldBroker old(broker.port());
  Gateway gateway(Named(old.uri(), "gateway"));
  gateway.Start();
  EXPECT_GE(old.refused(), 1);
  EXPECT_NE(gateway.Log().find("version=3.1.1"), std::string::npos) << gateway.Log();
  MqttClient client(old.uri(), {"tinyfog/v1/default/n/down/#"}, mqtt::Version::k311);
  mqtt::Message request = MotorRequest(client);
  request.response_topic.clear();
  client.Publish(request);
  const auto answer = client.Next();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->topic, "tinyfog/v1/default/n/down/infer/motor");
  EXPECT_EQ(answer->payload.size(), 5u);
}

TEST(MqttPeers, TheDeathOfTheDaemonIsSeenByItsWill) {
  Broker broker;
  Gateway gateway(Named(broker.uri(), "mortal"));
  gateway.Start();
  const std::string topic = "tinyfog/v1/default/gateway/mortal/state";
  MqttClient watcher(broker.uri(), {topic});
  const auto online = watcher.Next();
  ASSERT_TRUE(online.has_value());
  EXPECT_EQ(online->payload, R"({"state":"online"})");
  gateway.Kill();
  const auto lost = watcher.Next();
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->payload, R"({"state":"lost"})");
  MqttClient later(broker.uri(), {topic});
  const auto retained = later.Next();
  ASSERT_TRUE(retained.has_value());
  EXPECT_EQ(retained->payload, lost->payload);
}

}  // namespace
}  // namespace tinyfog::testing
