// The gateway and its nodes, over a real broker: who is there, what they get, what survives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <thread>

#include "broker.h"
#include "node_site.h"

namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;
using v1::NodeState;

constexpr std::size_t kFirmware = 250'000;

using Nodes = std::vector<std::unique_ptr<ScriptedNode>>;

bool Complete(Nodes& nodes) {
  return Eventually(
      [&] {
        bool all = true;
        for (auto& node : nodes) all = node->Turn() && all;
        return all;
      },
      std::chrono::seconds(120));
}

bool Becomes(NodeSite& site, const std::string& node, const std::string& field,
             const std::string& value) {
  return Eventually([&] { return site.NodeField(node, field) == value; });
}

/// One more node, which the gateway knows to be ready.
void AddReady(const std::string& id, NodeSite& site, Nodes& nodes) {
  nodes.push_back(std::make_unique<ScriptedNode>(site.gateway().mqtt(), id));
  nodes.back()->Tell(NodeState::KIND_READY);
  ASSERT_TRUE(Becomes(site, id, "state", "ready"));
}

/// One more node, which shall have the firmware 1.2.3.
void AddUpdating(const std::string& id, NodeSite& site, Nodes& nodes) {
  ASSERT_NO_FATAL_FAILURE(AddReady(id, site, nodes));
  ASSERT_EQ(site.Ctl({"node", "set", id, "--firmware", "1.2.3"}).code, 0);
}

std::size_t Count(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(FleetNodes, BirthsAndWillsAreSeen) {
  NodeSite site;
  site.gateway().Start();
  EXPECT_EQ(site.Ctl({"node", "show", "n1"}).code, 1);
  ScriptedNode node(site.gateway().mqtt(), "n1", 7);
  node.Tell(NodeState::KIND_READY);
  EXPECT_TRUE(Becomes(site, "n1", "state", "ready"));
  EXPECT_EQ(site.Ctl({"node", "remove", "n1"}).code, 1);
  node.Tell(NodeState::KIND_LOST, 6);  // the will of an older connection comes late
  node.Tell(NodeState::KIND_BORN);
  EXPECT_TRUE(Becomes(site, "n1", "state", "born"));
  node.Tell(NodeState::KIND_LOST);
  EXPECT_TRUE(Becomes(site, "n1", "state", "lost"));
  const std::string log = site.gateway().Log();
  EXPECT_EQ(Count(log, "info node started node=n1 site=default hardware=linux"), 1u) << log;
  EXPECT_EQ(Count(log, "warning node lost node=n1 site=default"), 1u) << log;
  EXPECT_EQ(site.NodeField("n1", "hardware"), "linux");
  EXPECT_THAT(site.Ctl({"node", "list"}).output, HasSubstr("lost"));
  EXPECT_EQ(site.Ctl({"node", "remove", "n1"}).code, 0);
  EXPECT_EQ(site.Ctl({"node", "list", "--names"}).output, "");
  EXPECT_EQ(site.gateway().Stop(), 0);
  site.gateway().Start();  // its retained state was cleared, too
  EXPECT_EQ(site.Ctl({"node", "list", "--names"}).output, "");
}

TEST(FleetNodes, HostileMessagesArePassedOverAndCounted) {
  NodeSite site("", "max_nodes = 2\n");
  site.gateway().Start();
  MqttClient stranger(site.gateway().mqtt());
  const auto publish = [&](const std::string& tail, const std::string& payload) {
    mqtt::Message message;
    message.topic = "tinyfog/v1/default/" + tail;
    message.payload = payload;
    message.qos = 1;
    stranger.Publish(std::move(message));
  };
  for (int i = 0; i < 100; ++i) publish("n1/up/state", "\xff\xff not a message");
  publish("n1/up/state", std::string(2000, '\b'));
  publish("gateway/up/state", "x");
  publish("n1/up/ota", std::string("\b\1\x1a\3abc", 7));
  publish("nobody/up/telemetry", "");
  const auto refused = [&](const std::string& reason) {
    return site.gateway().Metric("tinyfog_fleet_messages_refused_total",
                                 "reason=\"" + reason + "\"");
  };
  EXPECT_TRUE(Eventually([&] { return refused("INVALID_ARGUMENT") >= 103; }));
  EXPECT_TRUE(Eventually([&] { return refused("NOT_FOUND") >= 1; }));
  Nodes nodes;
  for (const char* id : {"n1", "n2", "n3"}) {
    nodes.push_back(std::make_unique<ScriptedNode>(site.gateway().mqtt(), id));
    nodes.back()->Tell(NodeState::KIND_READY);
    if (nodes.size() < 3) {
      ASSERT_TRUE(Becomes(site, id, "state", "ready"));
    }
  }
  EXPECT_TRUE(Eventually([&] { return refused("RESOURCE_EXHAUSTED") >= 1; }));
  EXPECT_EQ(site.Ctl({"node", "list", "--names"}).output, "n1\nn2\n");
  EXPECT_EQ(Count(site.gateway().Log(), "passed over"), 1u);
}

TEST(FleetNodes, TwentyNodesGetFirmwareForTheBytesOfOne) {
  NodeSite site;
  const std::string image = site.AddFirmware("linux", "1.2.3", kFirmware);
  site.gateway().Start();
  Nodes nodes;
  for (int i = 0; i < 20; ++i) {
    ASSERT_NO_FATAL_FAILURE(AddReady("n" + std::to_string(i), site, nodes));
  }
  for (int i = 0; i < 20; ++i) {
    const auto set = site.Ctl({"node", "set", "n" + std::to_string(i), "--firmware", "1.2.3"});
    ASSERT_EQ(set.code, 0) << set.errors;
  }
  ASSERT_TRUE(Complete(nodes)) << site.gateway().Log();
  for (const auto& node : nodes) EXPECT_EQ(node->Content(), image);
  EXPECT_TRUE(Becomes(site, "n7", "update.state", "done"));
  EXPECT_TRUE(Eventually([&] {
    return site.gateway().Metric("tinyfog_fleet_updates_total", "outcome=\"done\"") == 20;
  }));
  EXPECT_TRUE(Eventually([&] {  // refreshed once a second
    return site.gateway().Metric("tinyfog_fleet_chunk_bytes_total") >=
           static_cast<double>(image.size());
  }));
  const double bytes = site.gateway().Metric("tinyfog_fleet_chunk_bytes_total");
  std::printf("%zu nodes: %.0f bytes of chunks for an image of %zu\n", nodes.size(), bytes,
              image.size());
  EXPECT_LT(bytes, 1.3 * static_cast<double>(image.size()));
}

TEST(FleetNodes, WhatDoesNotFitIsRefusedWithTheReason) {
  NodeSite site;
  site.AddFirmware("linux", "1.2.3", kFirmware);
  site.AddModel(1);
  site.gateway().Start();
  ScriptedNode small(site.gateway().mqtt(), "small");
  small.birth().mutable_limits()->set_firmware_slot_bytes(100'000);
  small.birth().mutable_limits()->set_arena_bytes(64);
  small.Tell(NodeState::KIND_READY);
  ASSERT_TRUE(Becomes(site, "small", "state", "ready"));
  const auto firmware = site.Ctl({"node", "set", "small", "--firmware", "1.2.3"});
  EXPECT_EQ(firmware.code, 1);
  EXPECT_THAT(firmware.errors, HasSubstr("FAILED_PRECONDITION"));
  const auto model = site.Ctl({"node", "set", "small", "--model", "motor@1"});
  EXPECT_EQ(model.code, 1);
  EXPECT_THAT(model.errors, HasSubstr("arena"));
  EXPECT_EQ(site.Ctl({"node", "set", "small", "--model", "motor@9"}).code, 1);
  EXPECT_EQ(site.Ctl({"node", "set", "small", "--model", "1.2.3"}).code, 1);
  EXPECT_EQ(site.Ctl({"node", "set", "small"}).code, 1);
  EXPECT_EQ(site.NodeField("small", "desired.version"), "0");

  ScriptedNode picky(site.gateway().mqtt(), "picky");
  picky.RefuseWith(v1::UPDATE_REASON_WRONG_SIGNATURE);
  picky.Tell(NodeState::KIND_READY);
  ASSERT_TRUE(Becomes(site, "picky", "state", "ready"));
  Process waiting({Program("tinyfogctl"), "--server", site.gateway().unix_target(), "node", "set",
                   "picky", "--firmware", "1.2.3", "--wait"});
  EXPECT_TRUE(Eventually([&] { return picky.Turn(); }));
  EXPECT_EQ(waiting.Wait(), 1);
  EXPECT_THAT(waiting.Errors(), HasSubstr("wrong signature"));
}

TEST(FleetNodes, AnAcceptedCommandAndATransferSurviveKillsOfTheDaemon) {
  Broker broker;
  NodeSite site(broker.uri());
  const std::string image = site.AddFirmware("linux", "1.2.3", 1'000'000);
  site.gateway().Start();
  Nodes nodes;
  ASSERT_NO_FATAL_FAILURE(AddUpdating("n1", site, nodes));
  site.gateway().Kill();  // at once
  site.gateway().Start();
  EXPECT_EQ(site.NodeField("n1", "desired.version"), "1");
  for (const std::size_t chunks : {20u, 60u, 120u}) {
    ASSERT_TRUE(Eventually([&] {
      nodes[0]->Turn();
      return nodes[0]->received() >= chunks;
    })) << site.gateway().Log();
    site.gateway().Kill();
    site.gateway().Start();
  }
  ASSERT_TRUE(Complete(nodes)) << site.gateway().Log();
  EXPECT_EQ(nodes[0]->Content(), image);
  EXPECT_LT(nodes[0]->twice(), 80u);  // at most the window and what was on its way, each time
  EXPECT_TRUE(Becomes(site, "n1", "update.state", "done"));
}

TEST(FleetNodes, ATransferSurvivesTheBroker) {
  Broker broker;
  NodeSite site(broker.uri());
  const std::string image = site.AddFirmware("linux", "1.2.3", 1'000'000);
  site.gateway().Start();
  Nodes nodes;
  ASSERT_NO_FATAL_FAILURE(AddUpdating("n1", site, nodes));
  ASSERT_TRUE(Eventually([&] {
    nodes[0]->Turn();
    return nodes[0]->received() >= 30;
  }));
  broker.Kill();
  broker.Restart();
  ASSERT_TRUE(Complete(nodes)) << site.gateway().Log();
  EXPECT_EQ(nodes[0]->Content(), image);
}

TEST(FleetNodes, TransfersSurviveKillsOfDaemonAndBrokerAtRandomMoments) {
  const char* given = std::getenv("TINYFOG_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : 5u;
  std::printf("TINYFOG_SEED=%u\n", seed);
  std::mt19937 random(seed);
  Broker broker;
  // So slow that most of the kills hit the middle of it.
  NodeSite site(broker.uri(), "gather_ms = 100\nbytes_per_second = 131072\n");
  const std::string image = site.AddFirmware("linux", "1.2.3", 1'000'000);
  site.gateway().Start();
  Nodes nodes;
  for (const char* id : {"n1", "n2", "n3"}) {
    ASSERT_NO_FATAL_FAILURE(AddUpdating(id, site, nodes));
  }
  int in_the_middle = 0;
  for (int kill = 1; kill <= 25; ++kill) {
    const auto moment = std::chrono::steady_clock::now() +
                        std::chrono::milliseconds(std::uniform_int_distribution(0, 2000)(random));
    while (std::chrono::steady_clock::now() < moment) {
      for (auto& node : nodes) node->Turn();
      std::this_thread::yield();
    }
    if (nodes[0]->received() > 0 && !nodes[0]->Turn()) ++in_the_middle;
    if (kill % 5 == 0) {
      broker.Kill();
      broker.Restart();
    } else {
      site.gateway().Kill();
      site.gateway().Start();
    }
    if (HasFatalFailure()) return;
  }
  std::printf("%d of 25 kills in the middle\n", in_the_middle);
  EXPECT_GE(in_the_middle, 2);
  ASSERT_TRUE(Complete(nodes)) << site.gateway().Log();
  for (const auto& node : nodes) EXPECT_EQ(node->Content(), image);
  EXPECT_EQ(site.NodeField("n2", "desired.version"), "1");
  EXPECT_TRUE(Becomes(site, "n3", "update.state", "done"));
}

TEST(FleetNodes, RealNodesGetTheirModelThroughTinyfogctl) {
  constexpr int kNodes = 20;
  NodeSite site;
  site.AddModel(1);
  site.gateway().Start();
  const auto pushed = site.Ctl({"artifact", "push", site.MakeModel(2).string()});
  ASSERT_EQ(pushed.code, 0) << pushed.errors;
  const auto process = site.StartNodes(kNodes);
  const auto id = [](int i) { return "n1-" + std::to_string(i); };
  for (int i = 1; i <= kNodes; ++i) {
    ASSERT_TRUE(Becomes(site, id(i), "state", "ready")) << process->Errors();
  }
  const auto first = site.Ctl({"node", "set", id(1), "--model", "motor@1", "--wait"});
  ASSERT_EQ(first.code, 0) << first.errors << process->Errors();
  EXPECT_THAT(site.NodeField(id(1), "models"), HasSubstr("motor"));
  for (int i = 1; i <= kNodes; ++i) {
    ASSERT_EQ(site.Ctl({"node", "set", id(i), "--model", "motor@2"}).code, 0);
  }
  for (int i = 1; i <= kNodes; ++i) {
    EXPECT_TRUE(Becomes(site, id(i), "update.state", "done")) << site.gateway().Log();
    EXPECT_THAT(site.NodeField(id(i), "models"), HasSubstr("\"version\":2"));
  }
  EXPECT_EQ(site.Ctl({"artifact", "remove", "motor@2"}).code, 1);  // nodes are to have it
  EXPECT_EQ(site.Ctl({"artifact", "remove", "motor@1"}).code, 0);
}

TEST(FleetNodes, ComingAndGoingOfTwoHundredRealNodesDoesNotFloodTheLog) {
  constexpr int kNodes = 200;
  Broker broker;
  NodeSite site(broker.uri());
  site.gateway().Start();
  const auto are = [&](const std::string& state, double count) {
    return Eventually(
        [&] {
          return site.gateway().Metric("tinyfog_fleet_nodes", "state=\"" + state + "\"") == count;
        },
        std::chrono::seconds(120));
  };
  const auto says = [&](const std::string& text) {
    return Eventually([&] { return Count(site.gateway().Log(), text) > 0; });
  };
  auto process = site.StartNodes(kNodes);
  ASSERT_TRUE(are("ready", kNodes)) << process->Errors();
  EXPECT_TRUE(says("more nodes came"));
  broker.Kill();
  EXPECT_TRUE(says("nodes are out of sight: the broker is site=default nodes=200"));
  ASSERT_TRUE(are("unknown", kNodes)) << site.gateway().Log();
  broker.Restart();
  ASSERT_TRUE(are("ready", kNodes)) << site.gateway().Log();
  EXPECT_TRUE(says("nodes are in sight again"));
  process.reset();  // killed: the broker publishes their wills
  ASSERT_TRUE(are("lost", kNodes)) << site.gateway().Log();
  EXPECT_TRUE(says("more nodes lost"));
  const std::string log = site.gateway().Log();
  EXPECT_LT(std::count(log.begin(), log.end(), '\n'), 100) << log;
}


}  // namespace
}  // namespace tinyfog::testing
