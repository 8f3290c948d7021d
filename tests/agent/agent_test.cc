#include "agent_fixture.h"

// Who the node says it is, what it obeys, and how it ends.
namespace tinyfog::node::testing {
namespace {

using v1::NodeCommand;
using v1::NodeState;

TEST_F(AgentTest, IsBornAndReady) {
  Start();
  Run(500);
  ASSERT_EQ(broker->Count("up/state"), 2u);
  NodeState born;
  ASSERT_TRUE(born.ParseFromString(broker->messages[0].payload));
  EXPECT_EQ(born.kind(), NodeState::KIND_BORN);
  EXPECT_EQ(broker->messages[0].topic, "tinyfog/v1/s/n/up/state");
  EXPECT_TRUE(broker->messages[0].retain);
  EXPECT_EQ(broker->messages[0].qos, 1);
  const NodeState ready = State();
  EXPECT_EQ(ready.kind(), NodeState::KIND_READY);
  EXPECT_EQ(ready.session(), 1u);
  EXPECT_EQ(ready.hardware(), "test-board");
  EXPECT_EQ(ready.target(), "portable");
  EXPECT_EQ(ready.tfm_version(), nn::kFormatVersion);
  EXPECT_GT(ready.operators().size(), 4u);
  EXPECT_EQ(ready.limits().arena_bytes(), 16384u);
  EXPECT_EQ(ready.limits().model_slot_bytes(), 11 * kUnit);
  EXPECT_EQ(ready.limits().firmware_slot_bytes(), 2 * kUnit);
  EXPECT_EQ(ready.models_size(), 0);
  EXPECT_EQ(broker->filters, std::vector<std::string>{"tinyfog/v1/s/n/down/#"});
  EXPECT_GT(fed, 0u);
}

TEST_F(AgentTest, TheWillNamesTheSession) {
  for (std::uint64_t session = 1; session <= 3; ++session) {
    Start();
    Run(500);
    EXPECT_TRUE(broker->was_clean);
    EXPECT_EQ(broker->will.topic, "tinyfog/v1/s/n/up/state");
    EXPECT_TRUE(broker->will.retain);
    NodeState lost;
    ASSERT_TRUE(lost.ParseFromString(broker->will.payload));
    EXPECT_EQ(lost.kind(), NodeState::KIND_LOST);
    EXPECT_EQ(lost.session(), session);
    EXPECT_EQ(State().session(), session);
  }
  EXPECT_EQ(flash.violation(), "");
}

TEST_F(AgentTest, SaysSoAgainOnANewConnection) {
  Start();
  Run(500);
  broker->Break();
  broker->messages.clear();
  Run(1000);
  EXPECT_FALSE(broker->was_clean);
  ASSERT_EQ(broker->Count("up/state"), 1u);
  EXPECT_EQ(State().kind(), NodeState::KIND_READY);
}

TEST_F(AgentTest, CrashesAreCountedAndStay) {
  AgentConfig config = Config();
  Start();
  Run(100);
  EXPECT_FALSE(State().has_crash() && State().crash().count() > 0);
  config.crash = Crash{0x1234, 0x5678, 0x82};
  config.reset_reason = 3;
  Start(config);
  Run(100);
  EXPECT_EQ(State().reset(), 3u);
  EXPECT_EQ(State().crash().count(), 1u);
  EXPECT_EQ(State().crash().pc(), 0x1234u);
  EXPECT_EQ(State().crash().lr(), 0x5678u);
  EXPECT_EQ(State().crash().status(), 0x82u);
  EXPECT_EQ(State().crash().session(), 1u);
  Start();
  Run(100);
  EXPECT_EQ(State().crash().count(), 1u);
  EXPECT_EQ(State().crash().session(), 1u);
}

TEST_F(AgentTest, SessionsRiseWhereverThePowerFails) {
  std::uint64_t told = 0;
  std::size_t cuts = 0;
  const AgentConfig config = Config();
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    for (std::uint64_t operation = 0; operation < 12; ++operation, ++cuts) {
      flash.CutAfter(operation, seed);
      Agent cut(config, AgentMemory{}, {flash, Parts().platform});
      if (cut.Open(now) == Status::kOk) {
        EXPECT_GT(cut.session(), told);
        told = cut.session();
      }
      flash.PowerUp();
      Agent next(config, AgentMemory{}, {flash, Parts().platform});
      ASSERT_EQ(next.Open(now), Status::kOk);
      EXPECT_GT(next.session(), told);
      told = next.session();
    }
  }
  EXPECT_EQ(flash.violation(), "");
  EXPECT_EQ(cuts, 240u);
}

TEST_F(AgentTest, StopsInOrder) {
  Start();
  Run(500);
  agent->Stop(now);
  Run(5000);
  EXPECT_EQ(agent->end(), AgentEnd::kStopped);
  EXPECT_EQ(State().kind(), NodeState::KIND_SLEEPING);
  EXPECT_EQ(State().session(), 1u);
  EXPECT_TRUE(broker->was_disconnected);
}

TEST_F(AgentTest, StopsWithoutABrokerAndInSpiteOfADeafOne) {
  Start();
  broker->accepts = false;
  Run(500);
  agent->Stop(now);
  Run(5000);
  EXPECT_EQ(agent->end(), AgentEnd::kStopped);

  Start();
  broker->acknowledges = false;
  Run(500);
  const std::uint64_t before = now;
  agent->Stop(now);
  Run(60000);
  EXPECT_EQ(agent->end(), AgentEnd::kStopped);
  EXPECT_LE(now - before, 4000u);
}

TEST_F(AgentTest, SendsTelemetryInItsTimeAndWhenAsked) {
  Start();
  Run(61000);
  EXPECT_EQ(broker->Count("up/telemetry"), 1u);
  Command(NodeCommand::VERB_SEND_TELEMETRY, 1);
  Run(100);
  EXPECT_EQ(broker->Count("up/telemetry"), 2u);
  const auto telemetry = Last<v1::NodeTelemetry>("up/telemetry");
  EXPECT_NEAR(static_cast<double>(telemetry.uptime_ms()), 61000, 100);
  EXPECT_EQ(telemetry.stack_free_bytes(), 4321u);
  v1::Desired desired;
  desired.set_version(3);
  desired.mutable_settings()->set_telemetry_interval_s(10);
  Desire(desired);
  Run(50500);
  EXPECT_EQ(broker->Count("up/telemetry"), 7u);
  EXPECT_EQ(State().desired(), 3u);
}

TEST_F(AgentTest, ObeysACommandOnce) {
  Start();
  Run(500);
  const auto states = [this] { return broker->Count("up/state"); };
  const std::size_t before = states();
  Command(NodeCommand::VERB_SEND_STATE, 7);
  Command(NodeCommand::VERB_SEND_STATE, 7);
  Run(100);
  EXPECT_EQ(states(), before + 1);
  Command(NodeCommand::VERB_SEND_STATE, 8);
  Run(100);
  EXPECT_EQ(states(), before + 2);
  broker->Publish(now, std::string(kRoot) + "down/cmd", "\x08\x03", 1, {}, true);
  broker->Publish(now, std::string(kRoot) + "down/cmd", "\xFF\xFF");
  broker->Publish(now, std::string(kRoot) + "down/cmd", "\x08\x63");
  Run(100);
  EXPECT_EQ(states(), before + 2) << "kept, malformed, unknown";
}

TEST_F(AgentTest, RebootsOnceForACommand) {
  Start();
  Run(500);
  Command(NodeCommand::VERB_REBOOT, 9);
  Run(5000);
  EXPECT_EQ(agent->end(), AgentEnd::kReset);
  EXPECT_EQ(State().kind(), NodeState::KIND_SLEEPING);
  Start();
  Run(500);
  Command(NodeCommand::VERB_REBOOT, 9);
  Run(5000);
  EXPECT_EQ(agent->end(), AgentEnd::kNone);
}

TEST_F(AgentTest, ASelfTestThatFailsKeepsItFromBeingReady) {
  Start();
  Run(500);
  passes_self_test = false;
  Command(NodeCommand::VERB_SELF_TEST, 1);
  Run(500);
  EXPECT_EQ(State().kind(), NodeState::KIND_BORN);
  passes_self_test = true;
  Command(NodeCommand::VERB_SELF_TEST, 2);
  Run(500);
  EXPECT_EQ(State().kind(), NodeState::KIND_READY);
}

TEST_F(AgentTest, NamesThatTheProtocolForbidsAreRefused) {
  for (const char* name : {"", "a/b", "gateway", "art", "a+"}) {
    AgentConfig config = Config();
    config.mqtt.connect.client_id = name;
    Agent refused(config, AgentMemory{}, Parts());
    EXPECT_EQ(refused.Open(now), Status::kInvalidArgument) << name;
  }
}

}  // namespace
}  // namespace tinyfog::node::testing
