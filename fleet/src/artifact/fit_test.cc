#include <gmock/gmock.h>

#include "artifacts_for_test.h"
#include "tinyfog/artifact/store.h"
#include "tinyfog/package/package.h"

namespace tinyfog::artifact {
namespace {

using firmware_image::Key;
using ::testing::HasSubstr;
using Buffer = std::vector<std::uint8_t>;

class FitTest : public ::testing::Test {
 protected:
  FitTest() {
    const auto package = package::Read(model_).value();
    node_.hardware = "test-board";
    node_.target = "cortex-m7";
    node_.tfm_version = nn::kFormatVersion;
    const auto operators = package.manifest.operators;
    node_.operators.assign(operators.begin(), operators.end());
    node_.arena_bytes = package.manifest.arena_bytes;
    node_.model_slot_bytes = package.manifest.tfm_bytes;
    node_.firmware_slot_bytes = static_cast<std::uint32_t>(firmware_.size());
    node_.model_counter = 3;
    node_.firmware_counter = 4;
  }

  // What CheckFit says when the node is changed; nothing when it fits.
  std::string Model(const std::function<void(NodeFit&)>& change = [](NodeFit&) {}) const {
    return Reason(model_, change);
  }
  std::string Firmware(const std::function<void(NodeFit&)>& change = [](NodeFit&) {}) const {
    return Reason(firmware_, change);
  }
  std::string Reason(const Buffer& file, const std::function<void(NodeFit&)>& change) const {
    NodeFit node = node_;
    change(node);
    const auto fits = CheckFit(Describe(file).value(), file, node);
    if (fits.ok()) return "";
    EXPECT_EQ(fits.error().code, Status::kFailedPrecondition);
    return fits.error().message;
  }

  const Key key_ = Key::Generate().value();
  const Buffer model_ = ModelFile(
      key_, {.name = "motor", .version = 1, .hardware = "test-board", .security_counter = 3});
  const Buffer firmware_ = FirmwareFile(key_, {1, 2, 3, 0}, 9000, 4);
  NodeFit node_;
};

TEST_F(FitTest, JustFits) {
  EXPECT_EQ(Model(), "");
  EXPECT_EQ(Firmware(), "");
  EXPECT_EQ(Model([](NodeFit& n) { n.operators.clear(); }), "") << "all of the target";
  EXPECT_EQ(Model([](NodeFit& n) { n.operators.resize(32, 0xFF); }), "");
  EXPECT_EQ(Model([](NodeFit& n) { n.target = "cortex-m4"; }), "");
}

TEST_F(FitTest, EveryRefusalOfAModelHasItsSentence) {
  EXPECT_EQ(Model([](NodeFit& n) { n.hardware = "other"; }),
            "motor@1 is for the hardware 'test-board', the node is 'other'");
  EXPECT_EQ(Model([](NodeFit& n) { n.target = "cortex-m55"; }),
            "the model is compiled for cortex-m4, the node runs models for cortex-m55");
  EXPECT_EQ(Model([](NodeFit& n) { n.target = "cortex-m99"; }),
            "the node's target 'cortex-m99' is not known to this gateway");
  EXPECT_EQ(Model([](NodeFit& n) { n.tfm_version = 2; }),
            "the model has format 1, the node's firmware runs format 2");
  EXPECT_THAT(Model([](NodeFit& n) { n.operators = {0}; }),
              HasSubstr("the node's firmware has no kernel for: "));
  EXPECT_THAT(
      Model([](NodeFit& n) { n.arena_bytes -= 16; }),
      ::testing::MatchesRegex(
          "the model needs an arena of [0-9,]+ bytes, the node's has [0-9,]+: 16 too many"));
  EXPECT_THAT(
      Model([](NodeFit& n) { n.model_slot_bytes -= 1; }),
      ::testing::MatchesRegex("the model has [0-9,]+ bytes, the node's slot [0-9,]+: 1 too many"));
  EXPECT_THAT(Model([](NodeFit& n) { n.model_counter = 4; }),
              HasSubstr("security counter 3, the node takes 4 and above"));
}

TEST_F(FitTest, EveryRefusalOfFirmwareHasItsSentence) {
  EXPECT_THAT(Firmware([](NodeFit& n) { n.hardware = "other"; }), HasSubstr("'test-board'"));
  EXPECT_THAT(Firmware([](NodeFit& n) { n.firmware_slot_bytes = 0; }), HasSubstr("no bootloader"));
  EXPECT_THAT(Firmware([](NodeFit& n) { n.firmware_slot_bytes -= 5; }), HasSubstr("5 too many"));
  EXPECT_THAT(Firmware([](NodeFit& n) { n.firmware_counter = 5; }), HasSubstr("counter 4"));
}

TEST_F(FitTest, WhatNoNodeKeepsTrackOfIsTooLarge) {
  const Buffer large = FirmwareFile(key_, {1, 0, 0, 0}, 257 * 4096, 4);
  EXPECT_THAT(Reason(large, [](NodeFit& n) { n.firmware_slot_bytes = 4 << 20; }),
              HasSubstr("the node's slot 1,048,576"));
}

// Nothing of the model is in the manifest: only running it shows this.
TEST_F(FitTest, TheGoldenTestRuns) {
  Buffer file = model_;
  Artifact artifact = Describe(file).value();
  file[8 + 24] ^= 1;  // golden_output_crc; signatures are Store::Add's matter
  const auto fits = CheckFit(artifact, file, node_);
  ASSERT_FALSE(fits.ok());
  EXPECT_THAT(fits.error().message, HasSubstr("golden test fails"));
}

}  // namespace
}  // namespace tinyfog::artifact
