#include <gtest/gtest.h>

#include <cstring>
#include <functional>

#include "update_node.h"

// What an updater refuses: by the proof before anything is erased, by the whole behind it.
namespace tinyfog::node::testing {
namespace {

using wire::UpdateReason;
using State = wire::OtaReport::State;

class RefusalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Gateway gateway;
    gateway.model = &running_;
    node_.emplace(flash_);
    ASSERT_EQ((*node_)->Open(), Status::kOk);
    ASSERT_TRUE(gateway.Serve(**node_));
  }
  void TearDown() override {
    EXPECT_EQ(flash_.violation(), "");
    EXPECT_EQ((*node_)->model()->manifest.version, 1u);
  }

  // A model with a manifest that a test has changed before it was sealed.
  Artifact Changed(const std::function<void(wire::ModelManifest&)>& change,
                   std::uint32_t bytes = 4096 + 300) {
    Artifact artifact = MakeModel({.version = 2, .counter = 3, .bytes = bytes, .fill = 2});
    wire::ModelManifest manifest =
        ManifestOf({.version = 2, .counter = 3, .bytes = bytes, .fill = 2}, MakeTfm(2, bytes));
    change(manifest);
    artifact.proof = Sealed(manifest);
    return artifact;
  }

  Told Offer(const Artifact& artifact) {
    Gateway gateway;
    (artifact.kind == wire::ArtifactKind::kModel ? gateway.model : gateway.firmware) = &artifact;
    EXPECT_TRUE(gateway.Serve(**node_));
    sent_ = gateway.sent;
    return artifact.kind == wire::ArtifactKind::kModel ? gateway.model_told : gateway.firmware_told;
  }

  void ExpectRefused(const Artifact& artifact, UpdateReason reason, const std::string& text = "") {
    const std::uint64_t before = flash_.operations();
    const Told told = Offer(artifact);
    EXPECT_EQ(told.state, State::kRefused);
    EXPECT_STREQ(wire::UpdateReasonName(told.reason), wire::UpdateReasonName(reason));
    EXPECT_EQ(told.text, text.empty() ? wire::UpdateReasonName(reason) : text);
    EXPECT_EQ(told.digest, artifact.digest);
    EXPECT_EQ(flash_.operations(), before) << "touched the flash";
    EXPECT_EQ(sent_, 0u);
  }

  // Refused once its chunks are there; the second time, and after a reset, without them.
  void ExpectRefusedWhole(const Artifact& artifact, UpdateReason reason) {
    Told told = Offer(artifact);
    EXPECT_EQ(told.state, State::kRefused);
    EXPECT_STREQ(wire::UpdateReasonName(told.reason), wire::UpdateReasonName(reason));
    EXPECT_EQ(sent_, artifact.chunks.size());
    for (int again = 0; again < 2; ++again) {
      told = Offer(artifact);
      EXPECT_EQ(told.state, State::kRefused);
      EXPECT_EQ(told.reason, reason);
      EXPECT_EQ(sent_, 0u);
      Gateway gateway;
      gateway.model = &artifact;
      (*node_)->Want(gateway.Desired());
      EXPECT_FALSE((*node_)->Work()) << "verifies again";
      node_.emplace(flash_);
      ASSERT_EQ((*node_)->Open(), Status::kOk);
    }
  }

  board::NorFlash flash_ = SmallFlash();
  std::optional<Node> node_;
  const Artifact running_ = MakeModel({.version = 1, .counter = 3, .fill = 1});
  std::uint32_t sent_ = 0;
};

TEST_F(RefusalTest, Hardware) {
  ExpectRefused(MakeModel({.version = 2, .counter = 3, .hardware = "other-board"}),
                UpdateReason::kWrongHardware);
}
TEST_F(RefusalTest, HardwareOfThisNodeIsTaken) {
  const Artifact again = MakeModel({.version = 1, .counter = 3, .hardware = "test-board"});
  EXPECT_EQ(Offer(again).state, State::kDone);
}
TEST_F(RefusalTest, Target) {
  ExpectRefused(Changed([](auto& m) { m.target = 1; }), UpdateReason::kWrongTarget,
                "wrong target: 1");
}
TEST_F(RefusalTest, RuntimeVersion) {
  ExpectRefused(Changed([](auto& m) { m.tfm_version = 2; }), UpdateReason::kWrongRuntime,
                "wrong runtime: 2 (here 1)");
}
TEST_F(RefusalTest, MissingOperator) {
  const std::array<std::uint8_t, 2> bits{0x00, 0x04};
  ExpectRefused(Changed([&](auto& m) { m.operators = bits; }), UpdateReason::kMissingOperator,
                "missing operator: 10");
}
TEST_F(RefusalTest, ArenaTooSmall) {
  ExpectRefused(Changed([](auto& m) { m.arena_bytes = 65; }), UpdateReason::kArenaTooSmall,
                "arena too small: 65 (here 64)");
}
TEST_F(RefusalTest, TooLargeForTheSlot) {
  ExpectRefused(Changed([](auto&) {}, 2 * 4096 + 1), UpdateReason::kTooLarge,
                "too large for the slot: 8193 (here 8192)");
}
TEST_F(RefusalTest, Downgrade) {
  ExpectRefused(Changed([](auto& m) { m.security_counter = 2; }), UpdateReason::kDowngrade,
                "downgrade: 2 (here 3)");
}
TEST_F(RefusalTest, UnknownKey) {
  ExpectRefused(Changed([](auto& m) { m.key_hash[0] ^= 1; }), UpdateReason::kUnknownKey);
}
TEST_F(RefusalTest, WrongSignature) {
  Artifact artifact = Changed([](auto&) {});
  artifact.proof.back() ^= 1;
  ExpectRefused(artifact, UpdateReason::kWrongSignature);
}
TEST_F(RefusalTest, FlippedBitOfTheManifest) {
  Artifact artifact = Changed([](auto&) {});
  artifact.proof[24] ^= 1;  // the golden test's seed
  ExpectRefused(artifact, UpdateReason::kWrongSignature);
}
TEST_F(RefusalTest, ProofThatIsNone) {
  Artifact artifact = Changed([](auto&) {});
  artifact.proof[0] ^= 1;
  ExpectRefused(artifact, UpdateReason::kMalformed);
  artifact.proof.clear();
  ExpectRefused(artifact, UpdateReason::kMalformed);
}
TEST_F(RefusalTest, TruncatedProof) {
  Artifact artifact = Changed([](auto&) {});
  artifact.proof.pop_back();
  ExpectRefused(artifact, UpdateReason::kTruncated);
}
TEST_F(RefusalTest, WrongNumberOfChunks) {
  Artifact artifact = Changed([](auto&) {});
  artifact.chunks.pop_back();
  ExpectRefused(artifact, UpdateReason::kMalformed);
}

TEST_F(RefusalTest, FlippedBitOfAChunk) {
  Artifact artifact = Changed([](auto&) {});
  artifact.chunks[0][1000] ^= 1;
  ExpectRefusedWhole(artifact, UpdateReason::kWrongDigest);
}
TEST_F(RefusalTest, GoldenTest) {
  ExpectRefusedWhole(Changed([](auto& m) { m.golden_output_crc ^= 1; }),
                     UpdateReason::kGoldenFailed);
}
TEST_F(RefusalTest, NoModelInside) {
  Artifact artifact = Changed([](auto&) {});
  Buffer tfm = MakeTfm(2, 4096 + 300);
  tfm[0] ^= 1;
  artifact.proof = Sealed(ManifestOf({.version = 2, .counter = 3}, tfm));
  artifact.chunks[0][1] ^= 1;
  ExpectRefusedWhole(artifact, UpdateReason::kMalformed);
}
TEST_F(RefusalTest, ChunksThatAreNone) {
  Artifact artifact = Changed([](auto&) {});
  artifact.chunks[1][0] = 9;  // encoding
  const Told told = Offer(artifact);
  EXPECT_EQ(told.state, State::kRefused);
  EXPECT_EQ(told.reason, UpdateReason::kMalformed);
  EXPECT_EQ(sent_, 1u + 16u);
}
TEST_F(RefusalTest, ChunksOfWrongSize) {
  for (const std::size_t bytes : {std::size_t{1}, wire::kEncodedChunkBytes + std::size_t{1}}) {
    Artifact artifact = MakeModel({.version = 2, .counter = 3, .fill = 2});
    artifact.digest[0] ^= static_cast<std::uint8_t>(bytes);
    artifact.chunks[1].resize(bytes);
    const Told told = Offer(artifact);
    EXPECT_EQ(told.state, State::kRefused);
    EXPECT_EQ(told.reason, UpdateReason::kMalformed);
    EXPECT_EQ(sent_, 1u + 16u);
  }
}
TEST_F(RefusalTest, AnotherDigestIsTriedAndFreesTheFirst) {
  Artifact liar = Changed([](auto&) {});
  liar.chunks[0][1000] ^= 1;
  ExpectRefusedWhole(liar, UpdateReason::kWrongDigest);
  // The same package under its right digest, and another one between.
  EXPECT_EQ(Offer(MakeModel({.version = 1, .counter = 3, .fill = 5})).state, State::kDone);
  EXPECT_EQ(Offer(liar).reason, UpdateReason::kWrongDigest);
  EXPECT_EQ(sent_, liar.chunks.size());
}

TEST_F(RefusalTest, FlashThatTakesNoMore) {
  class Worn final : public hal::Flash {
   public:
    explicit Worn(board::NorFlash& flash) : flash_(flash) {}
    const hal::FlashGeometry& geometry() const override { return flash_.geometry(); }
    Status Read(std::uint32_t offset, std::span<std::uint8_t> bytes) override {
      return flash_.Read(offset, bytes);
    }
    Status Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) override {
      if (offset / kUnit == worn / kUnit) return Status::kDataLoss;
      return flash_.Program(offset, bytes);
    }
    Status Erase(std::uint32_t offset) override { return flash_.Erase(offset); }
    std::uint32_t worn = SmallMap().model_slots[1] + 2 * kUnit;

   private:
    board::NorFlash& flash_;
  } worn(flash_);
  Updater updater(worn, node_->config);
  ASSERT_EQ(updater.Open(), Status::kOk);
  const Artifact artifact = MakeModel({.version = 2, .counter = 3, .fill = 2});
  Gateway gateway;
  gateway.model = &artifact;
  ASSERT_TRUE(gateway.Serve(updater));
  EXPECT_EQ(gateway.model_told.reason, UpdateReason::kFlash);
  EXPECT_EQ(gateway.sent, 1u + 4u);
}

}  // namespace
}  // namespace tinyfog::node::testing
