#include "node_process.h"

#include <gmock/gmock.h>
#include <signal.h>

#include "gateway.h"

// The real process against a real broker: models, results, firmware, crashes, resets.
namespace tinyfog::node::testing {
namespace {

using tinyfog::testing::Broker;
using v1::NodeState;
using v1::OtaReport;

class NodeProcessTest : public ::testing::Test {
 protected:
  bool IsReady(std::uint64_t session) {
    const NodeState& state = server_.states["n1"];
    return state.kind() == NodeState::KIND_READY && state.session() == session;
  }
  // A desired firmware, and its chunks.
  const Offer& OfferFirmware(const boot::testing::Image& image) {
    offer_ = FirmwareOffer(image);
    server_.Offers(offer_);
    v1::Desired desired;
    desired.set_version(1);
    Fill(desired.mutable_firmware(), offer_);
    server_.Desire("n1", desired);
    return offer_;
  }
  void OfferModel(std::uint32_t cascade_permille = 0) {
    server_.Offers(MotorPackage());
    v1::Desired desired;
    desired.set_version(2);
    Fill(desired.mutable_model(), MotorPackage());
    desired.mutable_settings()->set_sample_interval_ms(100);
    desired.mutable_settings()->set_cascade_permille(cascade_permille);
    server_.Desire("n1", desired);
  }
  bool HasModel() {
    const NodeState& state = server_.states["n1"];
    return state.models_size() == 1 && state.models(0).active();
  }
  bool IsConfirmed(std::uint32_t major) {
    const NodeState& state = server_.states["n1"];
    return state.kind() == NodeState::KIND_READY && state.firmware().confirmed() &&
           state.firmware().version().major() == major;
  }

  Broker broker_;
  ChunkServer server_{broker_};
  Offer offer_;
};

TEST_F(NodeProcessTest, IsBornSleepsAndComesBack) {
  NodeProcess node(broker_, {});
  node.Start();
  ASSERT_TRUE(server_.Until([&] { return IsReady(1); }));
  EXPECT_EQ(server_.states["n1"].hardware(), "linux");
  node.process().Signal(SIGINT);
  EXPECT_EQ(node.process().Wait(), 0) << node.process().Errors();
  ASSERT_TRUE(
      server_.Until([&] { return server_.states["n1"].kind() == NodeState::KIND_SLEEPING; }));
  node.Start();
  ASSERT_TRUE(server_.Until([&] { return IsReady(2); }));
  node.process().Signal(SIGKILL);
  ASSERT_TRUE(server_.Until([&] { return server_.states["n1"].kind() == NodeState::KIND_LOST; }));
  EXPECT_EQ(server_.states["n1"].session(), 2u);
  node.process().Wait();
  node.Start();
  ASSERT_TRUE(server_.Until([&] { return IsReady(3); }));
}

TEST_F(NodeProcessTest, TheGatewayAnswersWithTheNodesBytes) {
  tinyfog::testing::Gateway gateway(
      {.broker_uri = broker_.uri(), .tables = {{"mqtt", "site = \"s\"\n"}}});
  gateway.Start();
  NodeProcess node(broker_, {});
  node.Start();
  OfferModel(1001);  // never sure
  ASSERT_TRUE(server_.Until([&] { return HasModel(); }));
  std::map<std::uint64_t, v1::NodeResult> own;
  std::size_t compared = 0;
  ASSERT_TRUE(server_.Until([&] {
    for (const v1::NodeResult& result : std::exchange(server_.results["n1"], {})) {
      if (!result.from_gateway()) {
        own[result.sequence()] = result;
        continue;
      }
      ++compared;
      const v1::NodeResult& mine = own[result.sequence()];
      EXPECT_EQ(result.input_crc(), mine.input_crc());
      EXPECT_EQ(result.output_crc(), mine.output_crc()) << result.sequence();
      EXPECT_EQ(result.top_index(), mine.top_index());
    }
    return compared >= 10;
  }));
  node.process().Signal(SIGTERM);
  EXPECT_EQ(node.process().Wait(), 0);
}

TEST_F(NodeProcessTest, WithoutAModelTheGatewayKnowsTheMotor) {
  tinyfog::testing::Gateway gateway(
      {.broker_uri = broker_.uri(), .tables = {{"mqtt", "site = \"s\"\n"}}});
  gateway.Start();
  NodeProcess node(broker_, {});
  // One state of the motor for ever: the first one, normal.
  node.Start({"--offload-model", "motor", "--sample-interval", "50", "--scene", "86400000"});
  std::set<std::uint32_t> answers;
  ASSERT_TRUE(server_.Until([&] { return server_.results["n1"].size() >= 10; }));
  for (const v1::NodeResult& result : server_.results["n1"]) {
    EXPECT_TRUE(result.from_gateway());
    answers.insert(result.top_index());
  }
  EXPECT_EQ(answers.size(), 1u);
}

TEST_F(NodeProcessTest, NewFirmwareIsConfirmed) {
  NodeProcess node(broker_, HostFirmware(1, 1));
  node.Start();
  ASSERT_TRUE(server_.Until([&] { return IsConfirmed(1); }));
  OfferFirmware(HostFirmware(2, 2));
  ASSERT_TRUE(server_.Until([&] { return IsConfirmed(2); }));
  EXPECT_EQ(server_.reports["n1"].state(), OtaReport::STATE_DONE);
  EXPECT_EQ(server_.states["n1"].session(), 2u);
}

TEST_F(NodeProcessTest, FirmwareThatMisbehavesIsTakenBack) {
  const struct {
    std::uint32_t does;
    v1::UpdateReason reason;
    std::uint32_t crashes;
  } cases[] = {{1, v1::UPDATE_REASON_REVERTED, 1},
               {2, v1::UPDATE_REASON_REVERTED, 0},
               {4, v1::UPDATE_REASON_SELF_TEST, 0},
               {8, v1::UPDATE_REASON_REVERTED, 0}};
  for (const auto& c : cases) {
    NodeProcess node(broker_, HostFirmware(1, 1));
    node.Start({"--watchdog", "500", "--confirm-within", "500"});
    ASSERT_TRUE(server_.Until([&] { return IsConfirmed(1); }));
    const Offer& offer = OfferFirmware(HostFirmware(2, 2, 0xBAD00000 + c.does));
    ASSERT_TRUE(server_.Until([&] {
      return IsConfirmed(1) && server_.reports["n1"].state() == OtaReport::STATE_REFUSED &&
             server_.reports["n1"].digest() == offer.digest;
    })) << c.does
        << node.process().Output();
    EXPECT_EQ(server_.reports["n1"].reason(), c.reason) << c.does;
    EXPECT_EQ(server_.states["n1"].crash().count(), c.crashes) << c.does;
    if (c.crashes > 0) {
      EXPECT_EQ(server_.states["n1"].crash().status(), static_cast<std::uint32_t>(SIGSEGV));
      EXPECT_NE(server_.states["n1"].crash().pc(), 0u);
    }
    server_.Send("tinyfog/v1/s/n1/down/desired", "", true);
    server_.states.clear();
    server_.reports.clear();
  }
}

// While chunks are on their way, behind some that have arrived, and while the new firmware is being
// installed.
TEST_F(NodeProcessTest, AnUpdateGoesOnBehindEveryKill) {
  NodeProcess node(broker_, HostFirmware(1, 1));
  node.Start();
  ASSERT_TRUE(server_.Until([&] { return IsConfirmed(1); }));
  const auto kill = [&] {
    node.process().Signal(SIGKILL);
    node.process().Wait();
    node.Start();
  };
  server_.chunks_at_once = 10;
  const Offer& offer = OfferFirmware(HostFirmware(2, 2, 0, 400000));
  for (std::size_t i = 1; i <= 8; ++i) {
    const std::size_t sent = server_.chunks_sent;
    ASSERT_TRUE(server_.Until([&] { return server_.chunks_sent > sent; }));
    if (i % 2 == 0) {
      // The broker keeps the order: the answer comes behind the chunks.
      v1::NodeCommand command;
      command.set_verb(v1::NodeCommand::VERB_SEND_TELEMETRY);
      server_.telemetry.clear();
      server_.Send("tinyfog/v1/s/n1/down/cmd", command.SerializeAsString());
      ASSERT_TRUE(server_.Until([&] { return !server_.telemetry.empty(); }));
    }
    kill();
  }
  ASSERT_TRUE(server_.Until([&] { return server_.reports["n1"].received() >= 40; }));
  EXPECT_LT(server_.reports["n1"].received(), offer.chunks.size());
  server_.chunks_at_once = offer.chunks.size();
  ASSERT_TRUE(
      server_.Until([&] { return server_.reports["n1"].state() == OtaReport::STATE_STAGED; }));
  kill();
  ASSERT_TRUE(server_.Until([&] { return IsConfirmed(2); })) << node.process().Output();
  EXPECT_LT(server_.chunks_sent, 2 * offer.chunks.size()) << "it did not begin anew each time";
}

TEST_F(NodeProcessTest, ManyNodesInOneProcess) {
  NodeProcess origin(broker_, HostFirmware(1, 1));
  const std::string folder = (origin.folder() / "many").string();
  origin.Start({"--nodes", "20", "--folder", folder});
  const auto ready = [&] {
    return std::ranges::count_if(server_.states, [](const auto& state) {
      return state.second.kind() == NodeState::KIND_READY;
    });
  };
  ASSERT_TRUE(server_.Until([&] { return ready() == 20; }));
  origin.process().Signal(SIGINT);
  EXPECT_EQ(origin.process().Wait(), 0);
  origin.Start({"--nodes", "20", "--folder", folder});
  ASSERT_TRUE(
      server_.Until([&] { return ready() == 20 && server_.states["n1-20"].session() == 2; }));
}

TEST_F(NodeProcessTest, StopsAlsoWhereItHangs) {
  NodeProcess node(broker_, HostFirmware(1, 1, 0xBAD00000 + 2));
  node.Start({"--watchdog", "300"});
  ASSERT_TRUE(tinyfog::testing::Eventually(
      [&] { return node.process().Errors().find("it hangs") != std::string::npos; }));
  node.process().Signal(SIGTERM);
  EXPECT_EQ(node.process().Wait(), 128 + SIGTERM);
}

TEST_F(NodeProcessTest, SaysWhatIsWrong) {
  using tinyfog::testing::Program;
  using tinyfog::testing::RunCommand;
  NodeProcess node(broker_, HostFirmware(1, 1));
  const auto run = [&](std::vector<std::string> options) {
    options.insert(options.begin(), Program("tinyfog-node"));
    const auto finished = RunCommand(options);
    EXPECT_NE(finished.code, 0);
    return finished.errors;
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(run({"--flash", "/nowhere"}), HasSubstr("No such file"));
  EXPECT_THAT(run({"--flash", node.flash(), "--broker", "here"}), HasSubstr("ADDRESS:PORT"));
  EXPECT_THAT(run({"--flash", node.flash(), "--hardware", "mps2-an386"}),
              HasSubstr("no firmware can run: slot A: wrong hardware"));
  EXPECT_THAT(run({"--flash", Program("tinyfog-node")}), HasSubstr("tinyfog-node:"));
  node.Start();
  ASSERT_TRUE(server_.Until([&] { return IsConfirmed(1); }));
  EXPECT_THAT(run({"--flash", node.flash()}), HasSubstr("runs already"));
}

}  // namespace
}  // namespace tinyfog::node::testing
