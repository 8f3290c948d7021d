#include "tinyfog/node/updater.h"

#include <gtest/gtest.h>

#include <iostream>

#include "update_node.h"

// Models: transfer, switch, resumption, fall-back.
namespace tinyfog::node::testing {
namespace {

using wire::UpdateReason;
using State = wire::OtaReport::State;

class UpdaterTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(flash_.violation(), ""); }

  // A reset.
  Node& Restart() {
    node_.emplace(flash_);
    EXPECT_EQ((*node_)->Open(), Status::kOk);
    return *node_;
  }
  std::uint32_t Runs(Updater& updater) {
    return updater.model() == nullptr ? 0 : updater.model()->manifest.version;
  }
  void Install(const Artifact& model) {
    Gateway gateway;
    gateway.model = &model;
    ASSERT_TRUE(gateway.Serve(*Restart()));
    ASSERT_EQ(gateway.model_told.state, State::kDone) << gateway.model_told.text;
  }

  board::NorFlash flash_ = SmallFlash();
  std::optional<Node> node_;
  const Artifact one_ = MakeModel({.version = 1, .fill = 1});
  const Artifact two_ = MakeModel({.version = 2, .counter = 2, .fill = 2});
};

TEST_F(UpdaterTest, IsSmall) {
  std::cout << "sizeof(Updater): " << sizeof(Updater) << "\n";
  EXPECT_LE(sizeof(Updater), 2800u);  // with pointers of 8 bytes
}

TEST_F(UpdaterTest, EmptyNodeHasNothingToSay) {
  Node& node = Restart();
  EXPECT_EQ(node->model(), nullptr);
  EXPECT_TRUE(node->models().empty());
  EXPECT_FALSE(node->Work());
  EXPECT_EQ(node->NextReportMs(), ~std::uint64_t{0});
  wire::OtaReport report;
  EXPECT_FALSE(node->TakeReport(1u << 30, report));
  EXPECT_EQ(flash_.operations(), 0u);
}

TEST_F(UpdaterTest, TakesAModelAndKeepsItOverAReset) {
  Install(one_);
  for (int start = 0; start < 2; ++start) {
    EXPECT_EQ(Runs(**node_), 1u);
    ASSERT_EQ((*node_)->models().size(), 1u);
    EXPECT_EQ((*node_)->models()[0].name, "motor");
    EXPECT_TRUE((*node_)->models()[0].active);
    EXPECT_EQ((*node_)->model_counter(), 1u);
    Restart();
  }
}

TEST_F(UpdaterTest, SecondModelGoesToTheOtherSlot) {
  Install(one_);
  Install(two_);
  EXPECT_EQ(Runs(**node_), 2u);
  EXPECT_EQ((*node_)->model()->slot, 1u);
  EXPECT_EQ((*node_)->model_counter(), 2u);
  ASSERT_EQ((*node_)->models().size(), 2u);
  EXPECT_EQ((*node_)->models()[1].version, 1u);
  EXPECT_FALSE((*node_)->models()[1].active);
}

TEST_F(UpdaterTest, TakesCodedChunks) {
  Install(MakeModel({.version = 5, .is_coded = true}));
  EXPECT_EQ(Runs(**node_), 5u);
}

TEST_F(UpdaterTest, ReportsWhatIsMissingAndBacksOff) {
  Node& node = Restart();
  Gateway gateway;
  gateway.model = &one_;
  node->Want(gateway.Desired());
  EXPECT_EQ(node->wanted(), one_.digest);
  EXPECT_EQ(node->NextReportMs(), 0u);
  gateway.Listen(*node, 100);
  EXPECT_EQ(gateway.model_told.state, State::kWant);
  EXPECT_EQ(gateway.model_told.desired, 1u);
  EXPECT_EQ(gateway.model_told.digest, one_.digest);
  EXPECT_EQ(gateway.model_told.missing, Buffer{0x03});
  EXPECT_EQ(node->NextReportMs(), 5100u);
  // Nothing comes: 5, 10, 20, 40, 60, 60 seconds.
  std::uint64_t now = 100;
  for (const std::uint64_t wait : {5, 10, 20, 40, 60, 60}) {
    ASSERT_EQ(node->NextReportMs(), now + wait * 1000);
    gateway.Listen(*node, now + wait * 1000 - 1);
    now += wait * 1000;
    const std::uint32_t before = gateway.reports;
    gateway.Listen(*node, now);
    ASSERT_EQ(gateway.reports, before + 1);
  }
  // A chunk comes: soon again.
  ASSERT_EQ(Gateway::Send(*node, one_.digest, 1, one_.chunks[1]), Status::kOk);
  now = node->NextReportMs();
  gateway.Listen(*node, now);
  EXPECT_EQ(gateway.model_told.missing, Buffer{0x01});
  EXPECT_EQ(gateway.model_told.received, 1u);
  EXPECT_EQ(node->NextReportMs(), now + 5000);
}

TEST_F(UpdaterTest, HarmlessChunksChangeNothing) {
  Node& node = Restart();
  Gateway gateway;
  gateway.model = &one_;
  node->Want(gateway.Desired());
  const auto send = [&](std::uint32_t index, const Buffer& chunk) {
    return Gateway::Send(*node, one_.digest, index, chunk, 7);
  };
  EXPECT_EQ(Gateway::Send(*node, two_.digest, 0, two_.chunks[0]), Status::kNotFound);
  EXPECT_EQ(send(2, one_.chunks[1]), Status::kOutOfRange);
  EXPECT_EQ(send(1, Buffer{}), Status::kInvalidArgument);
  EXPECT_EQ(send(0, Buffer(4098)), Status::kInvalidArgument);
  EXPECT_EQ(send(0, one_.chunks[1]), Status::kInvalidArgument);  // too short
  EXPECT_EQ(send(1, one_.chunks[0]), Status::kInvalidArgument);  // too long
  EXPECT_EQ(send(1, Buffer(300, 9)), Status::kInvalidArgument);  // no such code
  EXPECT_EQ(node->EndChunk(), Status::kFailedPrecondition);
  // Fewer and more pieces than were announced.
  ASSERT_EQ(node->BeginChunk(one_.digest, 1, 301), Status::kOk);
  node->ChunkPiece(Buffer(100));
  EXPECT_EQ(node->EndChunk(), Status::kInvalidArgument);
  ASSERT_EQ(node->BeginChunk(one_.digest, 1, 301), Status::kOk);
  node->ChunkPiece(Buffer(301));
  node->ChunkPiece(Buffer(5000));
  EXPECT_EQ(node->EndChunk(), Status::kInvalidArgument);
  ASSERT_EQ(node->BeginChunk(one_.digest, 1, 301), Status::kOk);
  node->AbandonChunk();
  // The right ones, backwards, and again.
  EXPECT_EQ(send(1, one_.chunks[1]), Status::kOk);
  EXPECT_EQ(send(1, one_.chunks[1]), Status::kAlreadyExists);
  EXPECT_EQ(send(0, one_.chunks[0]), Status::kOk);
  EXPECT_FALSE(node->wanted());
  EXPECT_EQ(send(0, one_.chunks[0]), Status::kNotFound);
  gateway.Listen(*node);
  EXPECT_EQ(gateway.model_told.state, State::kVerifying);
  EXPECT_TRUE(gateway.Serve(*node));
  EXPECT_EQ(Runs(*node), 1u);
}

TEST_F(UpdaterTest, TransferGoesOnAfterAReset) {
  Gateway gateway;
  gateway.model = &two_;
  Node* node = &Restart();
  (*node)->Want(gateway.Desired());
  ASSERT_EQ(Gateway::Send(**node, two_.digest, 1, two_.chunks[1]), Status::kOk);
  ASSERT_EQ((*node)->BeginChunk(two_.digest, 0, 4097), Status::kOk);
  node = &Restart();
  EXPECT_FALSE((*node)->wanted());
  EXPECT_TRUE(gateway.Serve(**node));
  EXPECT_EQ(gateway.sent, 1u);
  EXPECT_EQ(Runs(**node), 2u);
}

TEST_F(UpdaterTest, OtherModelDesiredInTheMiddleReplacesTheFirst) {
  Gateway gateway;
  gateway.model = &two_;
  Node& node = Restart();
  node->Want(gateway.Desired());
  ASSERT_EQ(Gateway::Send(*node, two_.digest, 1, two_.chunks[1]), Status::kOk);
  gateway.model = &one_;
  gateway.version = 2;
  EXPECT_TRUE(gateway.Serve(*node));
  EXPECT_EQ(gateway.sent, 2u);
  EXPECT_EQ(Runs(*node), 1u);
}

TEST_F(UpdaterTest, NothingDesiredStopsTheTransfer) {
  Gateway gateway;
  gateway.model = &two_;
  Node& node = Restart();
  node->Want(gateway.Desired());
  node->Want({});
  EXPECT_FALSE(node->wanted());
}

TEST_F(UpdaterTest, WhatIsThereIsOnlyReported) {
  Install(one_);
  Gateway gateway;
  gateway.model = &one_;
  gateway.version = 9;
  const std::uint64_t before = flash_.operations();
  EXPECT_TRUE(gateway.Serve(*Restart()));
  EXPECT_EQ(gateway.model_told.state, State::kDone);
  EXPECT_EQ(gateway.model_told.desired, 9u);
  EXPECT_EQ(gateway.sent, 0u);
  EXPECT_EQ(flash_.operations(), before);
}

TEST_F(UpdaterTest, ModelOfTheOtherSlotComesBackWithoutATransfer) {
  const Artifact other = MakeModel({.version = 3, .fill = 3});
  Install(one_);
  Install(other);
  Gateway gateway;
  gateway.model = &one_;
  EXPECT_TRUE(gateway.Serve(*Restart()));
  EXPECT_EQ(gateway.model_told.state, State::kDone);
  EXPECT_EQ(gateway.sent, 0u);
  EXPECT_EQ(Runs(*Restart()), 1u);
  // Unless it has suffered.
  ASSERT_EQ(flash_.Erase(SmallMap().model_slots[1] + kUnit), Status::kOk);
  gateway.model = &other;
  EXPECT_TRUE(gateway.Serve(*Restart()));
  EXPECT_EQ(gateway.model_told.state, State::kDone);
  EXPECT_EQ(gateway.sent, 2u);
  EXPECT_EQ(Runs(*Restart()), 3u);
}

TEST_F(UpdaterTest, FallsBackWhenTheActiveModelIsBroken) {
  Install(one_);
  Install(two_);
  ASSERT_EQ(flash_.Erase(SmallMap().model_slots[1] + kUnit), Status::kOk);
  EXPECT_EQ(Runs(*Restart()), 1u);
  EXPECT_EQ(Runs(*Restart()), 1u);
  EXPECT_EQ((*node_)->model_counter(), 2u);
  // And comes back.
  Install(two_);
  EXPECT_EQ(Runs(*Restart()), 2u);
}

TEST_F(UpdaterTest, BrokenOnlyModelIsNoModel) {
  Install(one_);
  ASSERT_EQ(flash_.Erase(SmallMap().model_slots[0]), Status::kOk);
  EXPECT_EQ(Runs(*Restart()), 0u);
  Install(one_);
  EXPECT_EQ(Runs(*Restart()), 1u);
}

TEST_F(UpdaterTest, GoldenTestsAreCounted) {
  Node& node = Restart();
  EXPECT_EQ(node->arena_uses(), 0u);
  Gateway gateway;
  gateway.model = &one_;
  EXPECT_TRUE(gateway.Serve(*node));
  EXPECT_EQ(node->arena_uses(), 1u);
}

TEST_F(UpdaterTest, ManyUpdatesWearEvenly) {
  for (std::uint32_t version = 1; version <= 40; ++version) {
    Install(MakeModel({.version = version, .fill = static_cast<std::uint8_t>(version)}));
  }
  EXPECT_EQ(Runs(**node_), 40u);
  const FlashMap map = SmallMap();
  for (const std::uint32_t slot : map.model_slots) {
    EXPECT_EQ(flash_.wear(slot), 20u);
    EXPECT_EQ(flash_.wear(slot + 2 * kUnit), 20u);
  }
  EXPECT_LE(flash_.wear(map.update_journal + 2 * kUnit), 21u);
  EXPECT_LE(flash_.wear(map.model_journal), 21u);
}

}  // namespace
}  // namespace tinyfog::node::testing
