#include <gtest/gtest.h>

#include <array>

#include "package_for_test.h"
#include "test_packages.h"
#include "tinyfog/nn/all_operators.h"
#include "tinyfog/package/package.h"
#include "update_node.h"

// A real model in a real package, with real signatures, to a node.
namespace tinyfog::node::testing {
namespace {

using wire::UpdateReason;
using State = wire::OtaReport::State;

const boot::Trust& RealTrust() {
  static boot::EcdsaCheck check;
  static const boot::Trust trust{boot::testing::TrustedKey().Point(), "test-board", &check};
  return trust;
}

class PackageUpdateTest : public ::testing::Test {
 protected:
  Buffer Make(std::uint32_t version, const firmware_image::Key& key, bool compress = true) {
    package::Contents contents;
    contents.name = "motor";
    contents.version = version;
    contents.hardware = "test-board";
    contents.security_counter = version;
    contents.compress = compress;
    contents.tfm = tfm_;
    return package::Make(contents, key).value();
  }

  Told Offer(const Artifact& artifact) {
    Node node(flash_, false, true, RealTrust());
    UpdaterConfig config = node.config;
    config.map.model_slots[0] = 0;
    config.map.model_slots[1] = kSlotBytes;
    config.map.model_slot_bytes = kSlotBytes;
    config.map.model_journal = 2 * kSlotBytes;
    config.map.update_journal = 2 * kSlotBytes + 2 * kUnit;
    config.has_bootloader = false;
    config.operators = nn::AllOperators();
    config.arena = arena_;
    updater_.emplace(flash_, config);
    EXPECT_EQ(updater_->Open(), Status::kOk);
    Gateway gateway;
    gateway.model = &artifact;
    EXPECT_TRUE(gateway.Serve(*updater_));
    return gateway.model_told;
  }

  static constexpr std::uint32_t kSlotBytes = 256 * 1024;
  board::NorFlash flash_{{2 * kSlotBytes + 8 * kUnit, kUnit, 16}};
  alignas(16) std::array<std::uint8_t, 64 * 1024> arena_;
  const Buffer tfm_ = package::CompiledMotor(nn::Target::kPortable);
  std::optional<Updater> updater_;
};

TEST_F(PackageUpdateTest, IsTakenCompressedAndRaw) {
  for (const std::uint32_t version : {1, 2}) {
    const Artifact artifact = ArtifactOf(Make(version, boot::testing::TrustedKey(), version == 1));
    const Told told = Offer(artifact);
    EXPECT_EQ(told.state, State::kDone) << told.text;
    ASSERT_NE(updater_->model(), nullptr);
    EXPECT_EQ(updater_->model()->manifest.version, version);
    EXPECT_TRUE(std::equal(tfm_.begin(), tfm_.end(), updater_->model()->tfm.begin(),
                           updater_->model()->tfm.end()));
  }
  EXPECT_EQ(flash_.violation(), "");
}

TEST_F(PackageUpdateTest, OfAStrangerIsRefused) {
  const auto stranger = firmware_image::Key::Generate().value();
  EXPECT_EQ(Offer(ArtifactOf(Make(1, stranger))).reason, UpdateReason::kUnknownKey);
  EXPECT_EQ(flash_.operations(), 0u);
}

TEST_F(PackageUpdateTest, AnyFlippedBitOfTheManifestIsRefused) {
  const Artifact artifact = ArtifactOf(Make(1, boot::testing::TrustedKey()));
  for (std::size_t byte = 0; byte < artifact.proof.size(); byte += 23) {
    Artifact changed = artifact;
    changed.proof[byte] ^= 0x10;
    EXPECT_EQ(Offer(changed).state, State::kRefused) << byte;
  }
  EXPECT_EQ(flash_.operations(), 0u);
}

TEST_F(PackageUpdateTest, FlippedBitsOfChunksAreRefused) {
  const Artifact artifact = ArtifactOf(Make(1, boot::testing::TrustedKey()));
  for (std::size_t chunk = 0; chunk < artifact.chunks.size(); ++chunk) {
    Artifact changed = artifact;
    changed.digest[0] = static_cast<std::uint8_t>(chunk);
    changed.chunks[chunk][changed.chunks[chunk].size() / 2] ^= 0x04;
    const Told told = Offer(changed);
    EXPECT_EQ(told.state, State::kRefused) << chunk;
    EXPECT_TRUE(told.reason == UpdateReason::kWrongDigest ||
                told.reason == UpdateReason::kMalformed)
        << told.text;
    EXPECT_EQ(updater_->model(), nullptr);
  }
}

}  // namespace
}  // namespace tinyfog::node::testing
