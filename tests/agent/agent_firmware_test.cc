#include "agent_fixture.h"

// New firmware: staged, tested, confirmed or taken back.
namespace tinyfog::node::testing {
namespace {

using v1::NodeState;
using v1::OtaReport;

class AgentFirmwareTest : public AgentTest {
 protected:
  void SetUp() override {
    boot::testing::Put(flash, map.firmware.slot_a, boot::testing::MakeImage(1, 1, 3000));
    Start();
    Run(100);
    ASSERT_EQ(State().firmware().version().major(), 1u);
    ASSERT_TRUE(State().firmware().confirmed());
  }
  // To the reset that installs it.
  void Stage() {
    const Offer offer = FirmwareOffer(boot::testing::MakeImage(2, 2, 5000));
    v1::Desired desired;
    desired.set_version(1);
    Fill(desired.mutable_firmware(), offer);
    Desire(desired);
    Run(100);
    Serve(offer);
    Run(1000);
    ASSERT_EQ(agent->end(), AgentEnd::kReset);
    EXPECT_EQ(Last<OtaReport>("up/ota").state(), OtaReport::STATE_STAGED);
    EXPECT_EQ(State().kind(), NodeState::KIND_SLEEPING);
    EXPECT_TRUE(broker->was_disconnected);
    Start();
    ASSERT_TRUE(agent->updater().is_testing_firmware());
  }
};

TEST_F(AgentFirmwareTest, IsConfirmedOnceTheBrokerKnows) {
  Stage();
  broker->acknowledges = false;
  Run(1000);
  EXPECT_TRUE(agent->updater().is_testing_firmware()) << "the birth is not acknowledged";
  broker->acknowledges = true;
  broker->Break();
  Run(1000);
  EXPECT_FALSE(agent->updater().is_testing_firmware());
  EXPECT_EQ(State().firmware().version().major(), 2u);
  EXPECT_TRUE(State().firmware().confirmed());
  EXPECT_EQ(Last<OtaReport>("up/ota").state(), OtaReport::STATE_DONE);
  Start();
  Run(100);
  EXPECT_EQ(State().firmware().version().major(), 2u);
  EXPECT_EQ(flash.violation(), "");
}

TEST_F(AgentFirmwareTest, IsTakenBackWhenItFindsNoBroker) {
  Stage();
  broker->accepts = false;
  const std::uint64_t before = now;
  Run(100000);
  EXPECT_EQ(agent->end(), AgentEnd::kReset);
  EXPECT_NEAR(static_cast<double>(now - before), 60000, 100);
  Start();
  Run(100);
  EXPECT_EQ(State().firmware().version().major(), 1u);
  EXPECT_EQ(Last<OtaReport>("up/ota").reason(), v1::UPDATE_REASON_REVERTED);
}

TEST_F(AgentFirmwareTest, IsTakenBackWhenItsSelfTestFails) {
  passes_self_test = false;
  Stage();
  Run(5000);
  EXPECT_EQ(agent->end(), AgentEnd::kReset);
  passes_self_test = true;
  Start();
  Run(100);
  EXPECT_EQ(State().firmware().version().major(), 1u);
  EXPECT_EQ(Last<OtaReport>("up/ota").reason(), v1::UPDATE_REASON_SELF_TEST);
}

}  // namespace
}  // namespace tinyfog::node::testing
