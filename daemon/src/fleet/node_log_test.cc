#include "node_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "process.h"
#include "tinyfog/log/log.h"

namespace tinyfog::fleet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using std::chrono::seconds;
using v1::NodeState;

std::size_t Lines(const std::string& log) {
  return static_cast<std::size_t>(std::count(log.begin(), log.end(), '\n'));
}

/// A registry and the log of what happens in it.
class NodeLogTest : public ::testing::Test {
 protected:
  NodeLogTest() {
    EXPECT_TRUE(log::SetFormat("text").ok());
    std::vector<std::string> warnings;
    auto opened = registry::Registry::Open({folder_ / "nodes.db", 1000}, warnings);
    EXPECT_TRUE(opened.ok());
    nodes_ = std::move(opened).value();
    log_ = std::make_unique<NodeLog>("plant", *nodes_);
    log_->Connected(at_);
  }
  ~NodeLogTest() override { EXPECT_TRUE(log::SetFormat("auto").ok()); }

  static NodeState State(NodeState::Kind kind, std::uint64_t session) {
    NodeState state;
    state.set_kind(kind);
    state.set_session(session);
    if (kind == NodeState::KIND_LOST || kind == NodeState::KIND_SLEEPING) return state;
    state.set_hardware("mps2-an386");
    state.mutable_firmware()->set_digest(std::string(32, 'd'));
    state.mutable_firmware()->mutable_version()->set_major(3);
    return state;
  }
  void Tell(const std::string& id, const NodeState& state) {
    const v1::Node* known = nodes_->Find(id);
    const auto before = known != nullptr ? std::optional(*known) : std::nullopt;
    const auto change = nodes_->State(id, state, false, registry::WallTime(at_));
    ASSERT_TRUE(change.ok()) << change.error().message;
    log_->Changed(*change, before ? &*before : nullptr, *nodes_->Find(id), at_);
  }
  void Tell(const std::string& id, NodeState::Kind kind, std::uint64_t session = 1) {
    Tell(id, State(kind, session));
  }
  void TellAll(int count, NodeState::Kind kind) {
    for (int i = 0; i < count; ++i) Tell("n" + std::to_string(1000 + i), kind);
  }
  void LoseBroker() {
    log_->Disconnected(at_);
    nodes_->ForgetConnections();
  }
  void Pass(seconds time) {
    for (const auto end = at_ + time; at_ < end; at_ += seconds(1)) log_->Tick(at_);
    log_->Tick(at_);
  }
  /// What `act` makes the log say.
  static std::string Said(const std::function<void()>& act) {
    ::testing::internal::CaptureStderr();
    act();
    return ::testing::internal::GetCapturedStderr();
  }

  testing::TemporaryFolder folder_;
  std::unique_ptr<registry::Registry> nodes_;
  std::unique_ptr<NodeLog> log_;
  distribute::Time at_ = seconds(1000);
};

TEST_F(NodeLogTest, BirthLossAndReturnAreOneLineEach) {
  EXPECT_THAT(Said([&] { Tell("n1", NodeState::KIND_BORN); }),
              HasSubstr("info node started node=n1 site=plant hardware=mps2-an386 firmware=3.0.0 "
                        "session=1 reset=power_on was=unknown silent_s=0\n"));
  EXPECT_EQ(Said([&] { Tell("n1", NodeState::KIND_READY); }), "");
  Pass(seconds(45));
  const std::string lost = Said([&] { Tell("n1", NodeState::KIND_LOST); });
  EXPECT_THAT(lost, HasSubstr("warning node lost node=n1 site=plant firmware=3.0.0 session=1 "
                              "silent_s=45 reason=\"the broker published its will: "));
  EXPECT_EQ(Said([&] { Tell("n1", NodeState::KIND_LOST); }), "");
  Pass(seconds(5));
  EXPECT_THAT(Said([&] { Tell("n1", NodeState::KIND_READY); }),
              HasSubstr("info node is back node=n1 site=plant firmware=3.0.0 session=1 was=lost "
                        "silent_s=50\n"));
  EXPECT_THAT(Said([&] { Tell("n1", NodeState::KIND_SLEEPING); }), HasSubstr("info node left "));
  EXPECT_THAT(Said([&] { Tell("n1", NodeState::KIND_BORN, 2); }),
              HasSubstr("session=2 reset=power_on was=sleeping"));
}

TEST_F(NodeLogTest, TheWillOfAnOldSessionIsNoLine) {
  Said([&] { Tell("n1", NodeState::KIND_READY, 7); });
  EXPECT_EQ(Said([&] { Tell("n1", NodeState::KIND_LOST, 6); }), "");
}

TEST_F(NodeLogTest, ACrashIsAWarningWithItsPlace) {
  NodeState state = State(NodeState::KIND_BORN, 9);
  state.set_reset(3);
  state.mutable_crash()->set_count(2);
  state.mutable_crash()->set_pc(0x10203);
  state.mutable_crash()->set_session(8);
  EXPECT_THAT(Said([&] { Tell("n1", state); }),
              HasSubstr("warning node started after a crash node=n1 site=plant firmware=3.0.0 "
                        "session=9 reset=fault pc=0x00010203 lr=0x00000000 status=0x00000000 "
                        "crashes=2\n"));
  state.set_session(10);  // the start after that one had no crash
  state.set_reset(1);
  EXPECT_THAT(Said([&] { Tell("n1", state); }), HasSubstr("info node started node=n1"));
}

TEST_F(NodeLogTest, AStormOfTwoHundredNodesIsTwentyLinesAndASum) {
  const std::string born = Said([&] {
    TellAll(200, NodeState::KIND_BORN);
    Pass(seconds(10));
  });
  EXPECT_EQ(Lines(born), 21u) << born;
  EXPECT_THAT(born, HasSubstr("info more nodes came nodes=180 among=\"n1020 n1021 "));
  const std::string lost = Said([&] {
    TellAll(200, NodeState::KIND_LOST);
    Pass(seconds(10));
  });
  EXPECT_EQ(Lines(lost), 21u) << lost;
  EXPECT_THAT(lost, HasSubstr("warning more nodes lost nodes=180 among="));
}

TEST_F(NodeLogTest, ABrokerThatWasAwayIsThreeLinesForAllNodes) {
  Said([&] {
    TellAll(200, NodeState::KIND_READY);
    Pass(seconds(60));
  });
  const std::string log = Said([&] {
    LoseBroker();
    LoseBroker();  // each failed attempt says so again
    Pass(seconds(30));
    log_->Connected(at_);
    TellAll(197, NodeState::KIND_READY);
    Pass(seconds(130));
  });
  EXPECT_EQ(Lines(log), 3u) << log;
  EXPECT_THAT(log, HasSubstr("warning nodes are out of sight: the broker is site=plant nodes=200"));
  EXPECT_THAT(log, HasSubstr("info nodes are in sight again site=plant nodes=197"));
  EXPECT_THAT(log, HasSubstr("warning nodes have not come back into sight site=plant nodes=3 "
                             "among=\"n1197 n1198 n1199\""));
}

TEST_F(NodeLogTest, ANodeThatStartedWhileTheBrokerWasAwayHasItsLine) {
  Said([&] { Tell("n1", NodeState::KIND_READY, 4); });
  const std::string log = Said([&] {
    LoseBroker();
    log_->Connected(at_);
    Tell("n1", NodeState::KIND_READY, 5);
    Pass(seconds(130));
  });
  EXPECT_THAT(log, HasSubstr("info node started node=n1"));
  EXPECT_THAT(log, Not(HasSubstr("in sight again")));
}

}  // namespace
}  // namespace tinyfog::fleet
