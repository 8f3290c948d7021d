#include "tinyfog/boot/boot.h"

#include <gtest/gtest.h>

#include "boot_node.h"

namespace tinyfog::boot::testing {
namespace {

const Layout kLayout = MakeLayout(256, 4);

class BootTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(flash_.violation(), ""); }

  Decision BootNow() { return Boot(flash_, kLayout, TestTrust()); }
  // Offers an image to a node that runs version 1 with counter 5.
  Decision Offer(const Image& image, bool permanent = false) {
    Put(flash_, kLayout.slot_a, MakeImage(1, 5, 500));
    EXPECT_TRUE(BootNow().runs);
    Put(flash_, kLayout.slot_b, image);
    EXPECT_EQ(RequestUpdate(flash_, kLayout, permanent), Status::kOk);
    return BootNow();
  }
  void ExpectRefused(const Image& image, Refusal reason) {
    for (int boot = 0; boot < 2; ++boot) {
      const Decision decision = boot == 0 ? Offer(image) : BootNow();
      EXPECT_TRUE(decision.runs);
      EXPECT_EQ(decision.version.major, 1);
      EXPECT_EQ(decision.state.phase, Phase::kIdle);
      EXPECT_EQ(decision.state.outcome, Outcome::kRefused);
      EXPECT_EQ(decision.state.refusal, reason) << RefusalName(decision.state.refusal);
      EXPECT_EQ(decision.state.refusals, 1u);
    }
  }

  board::NorFlash flash_ = MakeFlash(16, 256, 4);
};

TEST_F(BootTest, EmptyFlashRunsNothing) {
  const Decision decision = BootNow();
  EXPECT_FALSE(decision.runs);
  EXPECT_EQ(decision.slot_a, Refusal::kNoImage);
  EXPECT_EQ(decision.slot_b, Refusal::kNoImage);
}

TEST_F(BootTest, ConfirmedImageStaysAndRaisesTheCounter) {
  Decision decision = Offer(MakeImage(2, 6, 300));
  EXPECT_TRUE(decision.runs);
  EXPECT_EQ(decision.version.major, 2);
  EXPECT_EQ(decision.state.phase, Phase::kTesting);
  EXPECT_EQ(decision.state.counter, 5u);
  EXPECT_EQ(RequestUpdate(flash_, kLayout, false), Status::kFailedPrecondition);
  EXPECT_EQ(ConfirmUpdate(flash_, kLayout), Status::kOk);
  decision = BootNow();
  EXPECT_EQ(decision.version.major, 2);
  EXPECT_EQ(decision.state.outcome, Outcome::kConfirmed);
  EXPECT_EQ(decision.state.counter, 6u);
  // The old one is in slot B, but below the counter now.
  EXPECT_EQ(RequestUpdate(flash_, kLayout, false), Status::kOk);
  EXPECT_EQ(BootNow().state.refusal, Refusal::kDowngrade);
  EXPECT_EQ(BootNow().version.major, 2);
}

TEST_F(BootTest, TheStartBehindAConfirmationInstallsNoDowngrade) {
  EXPECT_EQ(Offer(MakeImage(2, 7, 300)).version.major, 2);
  EXPECT_EQ(ConfirmUpdate(flash_, kLayout), Status::kOk);
  EXPECT_EQ(RequestUpdate(flash_, kLayout, false), Status::kOk);
  const Decision decision = BootNow();  // B has version 1, counter 5
  EXPECT_EQ(decision.version.major, 2);
  EXPECT_EQ(decision.state.refusal, Refusal::kDowngrade);
}

TEST_F(BootTest, UnconfirmedImageIsReverted) {
  EXPECT_EQ(Offer(MakeImage(2, 6, 700)).version.major, 2);
  for (int boot = 0; boot < 2; ++boot) {
    const Decision decision = BootNow();
    EXPECT_TRUE(decision.runs);
    EXPECT_EQ(decision.version.major, 1);
    EXPECT_EQ(decision.state.outcome, Outcome::kReverted);
    EXPECT_EQ(decision.state.counter, 5u);
  }
}

TEST_F(BootTest, PermanentRequestNeedsNoConfirmation) {
  EXPECT_EQ(Offer(MakeImage(2, 6, 300), true).state.phase, Phase::kIdle);
  EXPECT_EQ(BootNow().version.major, 2);
  EXPECT_EQ(BootNow().state.counter, 6u);
}

TEST_F(BootTest, RefusesDowngrade) { ExpectRefused(MakeImage(2, 4, 300), Refusal::kDowngrade); }
TEST_F(BootTest, AcceptsEqualCounter) { EXPECT_EQ(Offer(MakeImage(2, 5, 300)).version.major, 2); }
TEST_F(BootTest, RefusesOtherHardware) {
  ExpectRefused(MakeImage(2, 6, 300, "other-board"), Refusal::kWrongHardware);
}
TEST_F(BootTest, RefusesUnknownKey) {
  const auto other = firmware_image::Key::Generate().value();
  ExpectRefused(MakeImage(2, 6, 300, "test-board", other), Refusal::kUnknownKey);
}
TEST_F(BootTest, RefusesWrongSignature) {
  Image image = MakeImage(2, 6, 300);
  image.back() ^= 1;
  ExpectRefused(image, Refusal::kWrongSignature);
}
TEST_F(BootTest, RefusesFlippedBit) {
  Image image = MakeImage(2, 6, 300);
  image[200] ^= 1;
  ExpectRefused(image, Refusal::kWrongDigest);
}
TEST_F(BootTest, RefusesTruncatedImage) {
  Image image = MakeImage(2, 6, 600);
  image.resize(400);
  ExpectRefused(image, Refusal::kTruncated);
}
TEST_F(BootTest, RefusesImageLargerThanTheSlot) {
  Image image = MakeImage(2, 6, 1000);
  image.resize(1024);
  ExpectRefused(image, Refusal::kTruncated);
}
TEST_F(BootTest, RefusesEmptySlot) { ExpectRefused({}, Refusal::kNoImage); }

TEST_F(BootTest, BrokenSlotIsReplacedByTheOther) {
  Put(flash_, kLayout.slot_b, MakeImage(1, 5, 300));
  const Decision decision = BootNow();
  EXPECT_TRUE(decision.runs);
  EXPECT_EQ(decision.state.outcome, Outcome::kRecovered);
}

TEST_F(BootTest, TestedImageThatBreaksIsRevertedAtOnce) {
  Offer(MakeImage(2, 6, 300));
  ASSERT_EQ(flash_.Erase(kLayout.slot_a), Status::kOk);
  EXPECT_EQ(BootNow().version.major, 1);
}

TEST_F(BootTest, TestedImageStaysWhenTheOldOneIsGone) {
  Offer(MakeImage(2, 6, 300));
  ASSERT_EQ(flash_.Erase(kLayout.slot_b), Status::kOk);
  const Decision decision = BootNow();
  EXPECT_EQ(decision.version.major, 2);
  EXPECT_EQ(decision.state.outcome, Outcome::kKept);
}

TEST_F(BootTest, BootsWithoutNewsDoNotWearTheFlash) {
  Put(flash_, kLayout.slot_a, MakeImage(1, 5, 500));
  BootNow();
  const std::uint64_t before = flash_.operations();
  for (int boot = 0; boot < 100; ++boot) EXPECT_TRUE(BootNow().runs);
  EXPECT_EQ(flash_.operations(), before);
}

}  // namespace
}  // namespace tinyfog::boot::testing
