#include <gtest/gtest.h>

#include "update_node.h"

// Firmware through the updater and the real bootloader.
namespace tinyfog::node::testing {
namespace {

using boot::testing::MakeImage;
using wire::UpdateReason;
using State = wire::OtaReport::State;

class FirmwareTest : public ::testing::Test {
 protected:
  void SetUp() override {
    boot::testing::Put(flash_, SmallMap().firmware.slot_a, MakeImage(1, 5, 6000));
    Reset();
  }
  void TearDown() override { EXPECT_EQ(flash_.violation(), ""); }

  // The bootloader, and the firmware that it starts.
  void Reset(bool lost_power = false) {
    decision_ = boot::Boot(flash_, SmallMap().firmware, SealTrust());
    ASSERT_TRUE(decision_.runs);
    node_.emplace(flash_, lost_power);
    ASSERT_EQ((*node_)->Open(), Status::kOk);
  }
  Updater& updater() { return **node_; }
  int version() const { return decision_.version.major; }
  void Serve() { ASSERT_TRUE(gateway_.Serve(updater())); }

  // Up to the reset into the new firmware.
  void Stage(const Artifact& artifact) {
    gateway_.firmware = &artifact;
    Serve();
    ASSERT_EQ(gateway_.firmware_told.state, State::kStaged) << gateway_.firmware_told.text;
    ASSERT_TRUE(updater().wants_restart());
    Reset();
    ASSERT_EQ(version(), 2);
    ASSERT_TRUE(updater().is_testing_firmware());
    gateway_.Listen(updater());
    EXPECT_EQ(gateway_.firmware_told.state, State::kTesting);
    EXPECT_EQ(gateway_.firmware_told.digest, artifact.digest);
  }
  void ExpectRefused(const Artifact& artifact, UpdateReason reason) {
    const std::uint64_t before = flash_.operations();
    gateway_.firmware = &artifact;
    Serve();
    EXPECT_EQ(gateway_.firmware_told.state, State::kRefused);
    EXPECT_STREQ(wire::UpdateReasonName(gateway_.firmware_told.reason),
                 wire::UpdateReasonName(reason));
    EXPECT_EQ(flash_.operations(), before) << "touched the flash";
    EXPECT_FALSE(updater().wants_restart());
  }

  board::NorFlash flash_ = SmallFlash();
  boot::Decision decision_;
  std::optional<Node> node_;
  Gateway gateway_;
  const Artifact two_ = MakeFirmware(MakeImage(2, 6, 7000));
};

TEST_F(FirmwareTest, DescribesWhatRuns) {
  const wire::NodeFirmware firmware = updater().firmware();
  EXPECT_EQ(firmware.version.major, 1);
  EXPECT_EQ(firmware.counter, 5u);
  EXPECT_TRUE(firmware.confirmed);
  EXPECT_EQ(firmware.digest.size(), 32u);
}

TEST_F(FirmwareTest, IsInstalledTestedAndConfirmed) {
  Stage(two_);
  EXPECT_FALSE(updater().firmware().confirmed);
  EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
  gateway_.Listen(updater());
  EXPECT_EQ(gateway_.firmware_told.state, State::kDone);
  EXPECT_TRUE(updater().firmware().confirmed);
  EXPECT_EQ(updater().firmware().counter, 6u) << "at once";
  for (int start = 0; start < 2; ++start) {
    Reset();
    EXPECT_EQ(version(), 2);
    gateway_.sent = 0;
    Serve();
    EXPECT_EQ(gateway_.firmware_told.state, State::kDone);
    EXPECT_EQ(gateway_.sent, 0u);
  }
  EXPECT_EQ(updater().firmware().counter, 6u);
}

TEST_F(FirmwareTest, ConfirmationWithoutARecordIsToldOnce) {
  Stage(two_);
  flash_.CutAfter(2, 1);  // the bootloader's state goes through
  EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
  ASSERT_FALSE(flash_.has_power());
  flash_.PowerUp();
  Reset();
  EXPECT_EQ(updater().NextReportMs(), 0u);
  gateway_.Listen(updater());
  EXPECT_EQ(gateway_.firmware_told.state, State::kDone);
  Reset();
  EXPECT_EQ(updater().NextReportMs(), ~std::uint64_t{0});
}

TEST_F(FirmwareTest, ChunksOfWrongSizeEndTheTransfer) {
  Artifact artifact = two_;
  artifact.chunks[1].pop_back();
  gateway_.firmware = &artifact;
  Serve();
  EXPECT_EQ(gateway_.firmware_told.state, State::kRefused);
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kMalformed);
  EXPECT_EQ(gateway_.sent, 1u + 16u);
}

TEST_F(FirmwareTest, IsRevertedWithoutConfirmationAndNotTriedAgain) {
  Stage(two_);
  for (int start = 0; start < 2; ++start) {
    Reset();
    EXPECT_EQ(version(), 1);
    gateway_.Listen(updater());
    EXPECT_EQ(gateway_.firmware_told.state, State::kRefused);
    EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kReverted);
    EXPECT_EQ(updater().firmware().reason, UpdateReason::kReverted);
    gateway_.sent = 0;
    Serve();
    EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kReverted);
    EXPECT_EQ(gateway_.sent, 0u);
  }
  // Something else, then the same again.
  const Artifact other = MakeFirmware(MakeImage(2, 6, 5000));
  Stage(other);
  EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
  gateway_.firmware = &two_;
  Serve();
  EXPECT_EQ(gateway_.firmware_told.state, State::kStaged);
}

TEST_F(FirmwareTest, IsTestedAgainWhenAPowerCutEndedTheTest) {
  Stage(two_);
  for (int cut = 1; cut < 10; ++cut) {
    Reset(true);
    ASSERT_EQ(version(), 1);
    gateway_.sent = 0;
    Stage(two_);
    ASSERT_EQ(gateway_.sent, 0u);
  }
  Reset(true);
  gateway_.Listen(updater());
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kReverted);
}

TEST_F(FirmwareTest, FirmwareBeforeComesBackWithoutATransfer) {
  const Artifact one = MakeFirmware(MakeImage(1, 5, 6000));
  const Artifact two = MakeFirmware(MakeImage(2, 5, 7000));
  Stage(two);
  EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
  gateway_.firmware = &one;
  for (const bool is_broken : {true, false}) {
    if (is_broken) {
      ASSERT_EQ(flash_.Erase(SmallMap().firmware.slot_b), Status::kOk);
    }
    gateway_.sent = 0;
    Serve();
    EXPECT_EQ(gateway_.firmware_told.state, State::kStaged);
    EXPECT_EQ(gateway_.sent, is_broken ? 2u : 0u);
    Reset();
    EXPECT_EQ(version(), is_broken ? 1 : 2);
    EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
    gateway_.firmware = &two;
  }
}

TEST_F(FirmwareTest, BrokenFirmwareFromBeforeIsTransferred) {
  const Artifact one = MakeFirmware(MakeImage(1, 5, 6000));
  Stage(MakeFirmware(MakeImage(2, 5, 7000)));
  EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
  // Header and TLVs stay.
  Buffer unit(kUnit);
  ASSERT_EQ(flash_.Read(SmallMap().firmware.slot_b, unit), Status::kOk);
  unit[1000] ^= 1;
  ASSERT_EQ(flash_.Erase(SmallMap().firmware.slot_b), Status::kOk);
  ASSERT_EQ(flash_.Program(SmallMap().firmware.slot_b, unit), Status::kOk);
  gateway_.firmware = &one;
  gateway_.sent = 0;
  Serve();
  EXPECT_EQ(gateway_.firmware_told.state, State::kStaged);
  EXPECT_EQ(gateway_.sent, 2u);
}

TEST_F(FirmwareTest, BootloaderThatCannotWriteIsNotAskedAgain) {
  gateway_.firmware = &two_;
  Serve();
  ASSERT_TRUE(updater().wants_restart());
  // As if it had not been there.
  node_.emplace(flash_);
  ASSERT_EQ((*node_)->Open(), Status::kOk);
  Serve();
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kFlash);
  EXPECT_FALSE(updater().wants_restart());
}

TEST_F(FirmwareTest, RefusesItself) {
  Stage(two_);
  EXPECT_EQ(updater().RejectFirmware(UpdateReason::kSelfTest), Status::kOk);
  Reset();
  EXPECT_EQ(version(), 1);
  gateway_.Listen(updater());
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kSelfTest);
}

TEST_F(FirmwareTest, TransferGoesOnAfterAReset) {
  gateway_.firmware = &two_;
  updater().Want(gateway_.Desired());
  ASSERT_EQ(Gateway::Send(updater(), two_.digest, 0, two_.chunks[0]), Status::kOk);
  Reset();
  Serve();
  EXPECT_EQ(gateway_.sent, 1u);
  EXPECT_EQ(gateway_.firmware_told.state, State::kStaged);
}

TEST_F(FirmwareTest, WrongProofs) {
  ExpectRefused(MakeFirmware(MakeImage(2, 4, 3000)), UpdateReason::kDowngrade);
  ExpectRefused(MakeFirmware(MakeImage(2, 6, 3000, "other-board")), UpdateReason::kWrongHardware);
  const auto other = firmware_image::Key::Generate().value();
  ExpectRefused(MakeFirmware(MakeImage(2, 6, 3000, "test-board", other)),
                UpdateReason::kUnknownKey);
  Artifact artifact = two_;
  artifact.proof.back() ^= 1;
  ExpectRefused(artifact, UpdateReason::kWrongSignature);
  artifact = two_;
  artifact.proof.resize(60);
  ExpectRefused(artifact, UpdateReason::kTruncated);
  artifact = two_;
  artifact.bytes -= 1;
  ExpectRefused(artifact, UpdateReason::kTruncated);
  artifact.bytes = 3 * 4096;
  ExpectRefused(artifact, UpdateReason::kTooLarge);
  artifact = two_;
  artifact.proof[0] ^= 1;
  ExpectRefused(artifact, UpdateReason::kMalformed);
  artifact = two_;
  artifact.chunks.pop_back();
  ExpectRefused(artifact, UpdateReason::kMalformed);
}

TEST_F(FirmwareTest, WrongDigest) {
  Artifact artifact = two_;
  artifact.chunks[0][2000] ^= 1;
  gateway_.firmware = &artifact;
  Serve();
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kWrongDigest);
  Reset();
  EXPECT_EQ(version(), 1);
  gateway_.sent = 0;
  Serve();
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kWrongDigest);
  EXPECT_EQ(gateway_.sent, 0u);
}

// The proof's TLVs say hardware and counter that nobody signed: the image's own count.
TEST_F(FirmwareTest, ProofThatClaimsMoreThanTheImage) {
  Artifact artifact = MakeFirmware(MakeImage(2, 4, 3000));
  const Buffer better = MakeFirmware(MakeImage(2, 6, 3000)).proof;
  const std::size_t end = wire::kImageHeaderBytes + better[10];  // of the protected TLVs
  std::copy_n(better.begin(), end, artifact.proof.begin());
  gateway_.firmware = &artifact;
  Serve();
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kDowngrade);
  EXPECT_FALSE(updater().wants_restart());
}

TEST_F(FirmwareTest, ModelsWaitForTheFirmware) {
  const Artifact model = MakeModel({.version = 4});
  gateway_.model = &model;
  Stage(two_);
  EXPECT_FALSE(updater().wants_desired());
  Serve();
  EXPECT_EQ(updater().model(), nullptr);
  EXPECT_EQ(gateway_.firmware_told.state, State::kTesting);
  EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
  EXPECT_TRUE(updater().wants_desired());
  Serve();
  EXPECT_FALSE(updater().wants_desired());
  EXPECT_EQ(gateway_.model_told.state, State::kDone);
  ASSERT_NE(updater().model(), nullptr);
}

TEST_F(FirmwareTest, RefusedFirmwareDoesNotHoldUpTheModel) {
  const Artifact model = MakeModel({.version = 4});
  Artifact artifact = two_;
  artifact.chunks[0][2000] ^= 1;
  gateway_.firmware = &artifact;
  gateway_.model = &model;
  Serve();
  EXPECT_EQ(gateway_.firmware_told.reason, UpdateReason::kWrongDigest);
  EXPECT_EQ(gateway_.model_told.state, State::kDone);
}

TEST_F(FirmwareTest, FirmwareGoesBeforeAModelInWork) {
  const Artifact model = MakeModel({.version = 4});
  gateway_.model = &model;
  updater().Want(gateway_.Desired());
  ASSERT_EQ(updater().wanted(), model.digest);
  ASSERT_EQ(Gateway::Send(updater(), model.digest, 0, model.chunks[0]), Status::kOk);
  Stage(two_);
  EXPECT_EQ(updater().ConfirmFirmware(), Status::kOk);
  gateway_.sent = 0;
  Serve();
  EXPECT_EQ(gateway_.model_told.state, State::kDone);
  EXPECT_EQ(gateway_.sent, 1u);
}

TEST_F(FirmwareTest, WithoutBootloaderItIsRefused) {
  node_.emplace(flash_, false, false);
  ASSERT_EQ((*node_)->Open(), Status::kOk);
  ExpectRefused(two_, UpdateReason::kWrongHardware);
  EXPECT_TRUE(updater().firmware().digest.empty());
}

}  // namespace
}  // namespace tinyfog::node::testing
