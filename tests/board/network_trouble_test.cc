// Nodes whose network loses packets, is away for seconds, or cuts connections: an emulated board
// with lwIP and TLS, and processes with this machine's TCP. The gateway's own connection is well.

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <set>

#include "board.h"
#include "ctl.h"
#include "gateway.h"
#include "mqtt_client.h"
#include "site.h"
#include "tinyfog/v1/node.pb.h"
#include "troubled_network.h"

namespace tinyfog::testing {
namespace {

using Clock = std::chrono::steady_clock;
using v1::NodeState;

const std::string kRoot = "tinyfog/v1/default/";
constexpr char kCore[] = "cortex-m4";
constexpr char kBoard[] = "board";
constexpr int kProcesses = 5;
constexpr std::chrono::seconds kOutage{2};
// Only ends a test that fails.
constexpr std::chrono::seconds kBound{180};

class NetworkTroubleTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    static const auto reason = TroubledNetwork::Enter();
    why_not_ = reason;
  }

  void SetUp() override {
    if (why_not_) GTEST_SKIP() << *why_not_;
    site_ = std::make_unique<Site>("0.0.0.0");  // of a network that ends here
    Gateway::Options options;
    options.broker_uri = site_->uri();
    options.tables["artifacts"] =
        "trusted_keys = [\"" + (site_->folder() / "signing.pub").string() + "\"]\n";
    // Slow enough for an outage to hit the middle of it.
    options.tables["fleet"] = "bytes_per_second = 32768\n";
    gateway_ = std::make_unique<Gateway>(options);
    gateway_->Start();
    for (const std::string target : {"portable", kCore}) {
      const auto model = site_->folder() / (target + ".tfp");
      Push(model, {Program("tinyfog-package"), "make", "--key", site_->signing_key(), "--version",
                   "1", "--name", "motor", "--target", target, "-o", model,
                   TINYFOG_SOURCE_DIR "/fleet/demo/models/motor/1/model.tflite"});
    }
    Push(site_->SignImage(Board::Image(kCore, "node"), Board::HardwareOf(kCore), "2.0.0", 1));
  }

  void TearDown() override {
    if (site_ != nullptr) network_.Heal();
  }

  void Push(const std::filesystem::path& artifact, std::vector<std::string> made_by = {}) {
    if (!made_by.empty()) {
      const Finished made = RunCommand(std::move(made_by));
      ASSERT_EQ(made.code, 0) << made.errors;
    }
    const Finished pushed = RunCtl(*gateway_, {"artifact", "push", artifact});
    ASSERT_EQ(pushed.code, 0) << pushed.errors;
  }

  void StartBoard() {
    const auto image =
        site_->SignImage(Board::Image(kCore, "node"), Board::HardwareOf(kCore), "1.0.0", 1);
    board_ =
        std::make_unique<Board>(kCore, site_->Provision(kBoard, Board::HardwareOf(kCore), image),
                                TroubledNetwork::kBoardNic);
    board_->Start();
  }

  void StartProcesses() {
    const auto flash = site_->folder() / "process.flash";
    const auto made = RunCommand(
        {Program("tinyfog-provision"), "node", site_->folder().path(), "process", "--broker",
         "10.0.2.2:" + std::to_string(site_->plain_port()), "--flash", flash, "--plain"});
    ASSERT_EQ(made.code, 0) << made.errors;
    processes_ = std::make_unique<Process>(std::vector<std::string>{
        Program("tinyfog-node"), "--flash", flash, "--nodes", std::to_string(kProcesses),
        "--folder", site_->folder() / "processes"});
  }

  static std::vector<std::string> Nodes() {
    std::vector<std::string> nodes = {kBoard};
    for (int i = 1; i <= kProcesses; ++i) nodes.push_back("process-" + std::to_string(i));
    return nodes;
  }

  void ExpectField(const std::string& node, const std::string& field, const std::string& value) {
    EXPECT_TRUE(Eventually([&] { return NodeField(*gateway_, node, field) == value; }, kBound))
        << node << ": " << field << " is '" << NodeField(*gateway_, node, field) << "', not '"
        << value << "'\n"
        << gateway_->Log();
  }

  // `tinyfogctl node set ... --wait`, one for each node.
  std::vector<std::unique_ptr<Process>> Set(const std::vector<std::string>& nodes,
                                            const std::string& option, const std::string& value) {
    std::vector<std::unique_ptr<Process>> waiting;
    for (const std::string& node : nodes) {
      waiting.push_back(std::make_unique<Process>(
          std::vector<std::string>{Program("tinyfogctl"), "--server", gateway_->unix_target(),
                                   "node", "set", node, option, value, "--wait"}));
    }
    return waiting;
  }

  static void ExpectTaken(const std::vector<std::unique_ptr<Process>>& waiting) {
    for (const auto& process : waiting) {
      EXPECT_EQ(process->Wait(kBound), 0) << process->Output() << process->Errors();
    }
  }

  void SetTelemetryInterval(const std::string& seconds) {
    for (const std::string& node : Nodes()) {
      EXPECT_EQ(RunCtl(*gateway_, {"node", "set", node, "--telemetry-interval-s", seconds}).code,
                0);
    }
  }

  // Of every node.
  void ExpectTelemetry() {
    MqttClient peer(site_->uri(), {kRoot + "+/up/telemetry"});
    std::set<std::string> heard;
    while (const auto message = peer.Next()) {
      heard.insert(message->topic);
      if (heard.size() == Nodes().size()) return;
    }
    ADD_FAILURE() << "not every node sends telemetry";
  }

  void Tell(const std::string& what) {
    const auto count = network_.Counted();
    std::printf(
        "%s: %.1f s; lost so far: %llu packets up, %llu down; sent again by the host: %llu\n",
        what.c_str(), std::chrono::duration<double>(Clock::now() - since_).count(),
        static_cast<unsigned long long>(count.lost_up),
        static_cast<unsigned long long>(count.lost_down),
        static_cast<unsigned long long>(count.sent_again));
    std::fflush(stdout);
    since_ = Clock::now();
  }

  static std::optional<std::string> why_not_;
  TroubledNetwork network_;
  std::unique_ptr<Site> site_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<Board> board_;
  std::unique_ptr<Process> processes_;
  Clock::time_point since_ = Clock::now();
};

std::optional<std::string> NetworkTroubleTest::why_not_;

TEST_F(NetworkTroubleTest, UpdatesCompleteWhileEveryFifthPacketIsLost) {
  network_.LosePercent(20);
  since_ = Clock::now();
  StartBoard();
  StartProcesses();
  for (const std::string& node : Nodes()) ExpectField(node, "state", "ready");
  Tell("births");
  ExpectTaken(Set(Nodes(), "--model", "motor@1"));
  Tell("model");
  ExpectTaken(Set({kBoard}, "--firmware", "2.0.0"));
  Tell("firmware");
  ExpectField(kBoard, "state", "ready");
  const auto count = network_.Counted();
  EXPECT_GT(count.lost_up, 0u);
  EXPECT_GT(count.lost_down, 0u);
  EXPECT_GT(count.sent_again, 0u);
}

TEST_F(NetworkTroubleTest, UpdatesCompleteInSpiteOfOutages) {
  const char* given = std::getenv("TINYFOG_SEED");
  const unsigned seed = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : 1u;
  std::printf("TINYFOG_SEED=%u\n", seed);
  std::mt19937 random(seed);
  StartBoard();
  StartProcesses();
  for (const std::string& node : Nodes()) ExpectField(node, "state", "ready");
  since_ = Clock::now();
  // Firmware goes first, then the models.
  auto waiting = Set(Nodes(), "--model", "motor@1");
  for (auto& firmware : Set({kBoard}, "--firmware", "2.0.0")) {
    waiting.push_back(std::move(firmware));
  }
  const auto pass = [&](std::chrono::milliseconds time) {
    const auto end = Clock::now() + time;
    Eventually([&] { return Clock::now() >= end || !waiting.back()->running(); });
  };
  int outages = 0;
  for (; waiting.back()->running() && Clock::now() - since_ < kBound; ++outages) {
    pass(std::chrono::milliseconds(std::uniform_int_distribution(500, 3000)(random)));
    network_.LoseAll();
    pass(kOutage);
    network_.Heal();
  }
  ExpectTaken(waiting);
  Tell("firmware and model over " + std::to_string(outages) + " outages");
  EXPECT_GE(outages, 3);
  for (const std::string& node : Nodes()) ExpectField(node, "state", "ready");
}

TEST_F(NetworkTroubleTest, WhoLosesTheConnectionIsShownAsLostUntilItIsBack) {
  StartBoard();
  StartProcesses();
  for (const std::string& node : Nodes()) ExpectField(node, "state", "ready");
  SetTelemetryInterval("1");
  ExpectTelemetry();
  MqttClient peer(site_->uri(), {kRoot + kBoard + "/up/state"});
  const auto next = [&](NodeState::Kind kind) {
    NodeState state;
    while (const auto message = peer.Next()) {
      EXPECT_TRUE(state.ParseFromString(message->payload));
      if (state.kind() == kind) return true;
    }
    return false;
  };
  network_.ResetAll();
  SetTelemetryInterval("2");  // the broker notices only by what it sends
  for (const std::string& node : Nodes()) ExpectField(node, "state", "lost");
  network_.Heal();
  for (const std::string& node : Nodes()) ExpectField(node, "state", "ready");
  EXPECT_TRUE(next(NodeState::KIND_LOST));
  EXPECT_TRUE(next(NodeState::KIND_READY));
  Tell("lost and back");
}

// Until the broker gives the nodes up, and they their connections.
TEST_F(NetworkTroubleTest, NodesComeBackFromALongSilence) {
  if (std::getenv("TINYFOG_LONG") == nullptr) GTEST_SKIP() << "only with TINYFOG_LONG=1";
  StartBoard();
  StartProcesses();
  for (const std::string& node : Nodes()) ExpectField(node, "state", "ready");
  SetTelemetryInterval("1");
  for (int i = 0; i < 4; ++i) {
    network_.LoseAll();
    since_ = Clock::now();
    for (const std::string& node : Nodes()) ExpectField(node, "state", "lost");
    Tell("lost");
    network_.Heal();
    for (const std::string& node : Nodes()) ExpectField(node, "state", "ready");
    Tell("back");
  }
}

}  // namespace
}  // namespace tinyfog::testing
