#include "node_for_test.h"

// A node without TLS has no cryptography of its own: what it takes and refuses, the bootloader's
// services have checked.
namespace tinyfog::testing {
namespace {

class PlainNodeTest : public NodeTest {
 protected:
  PlainNodeTest() { firmware_ = "node_plain"; }
};

TEST_P(PlainNodeTest, ChecksSignaturesWithTheBootloader) {
  StartBoard(Site::Security::kPlain);
  Artifact model = Model(1);
  ExpectTaken(model);
  Next<v1::NodeResult>("result/motor");
  model = Model(2);
  model.proof.back() = static_cast<char>(model.proof.back() ^ 1);
  ExpectRefused(model, v1::UPDATE_REASON_WRONG_SIGNATURE);
  Artifact firmware = FirmwareArtifact(Image("2.0.0"));
  firmware.proof.back() = static_cast<char>(firmware.proof.back() ^ 1);
  ExpectRefused(firmware, v1::UPDATE_REASON_WRONG_SIGNATURE);
  firmware = FirmwareArtifact(Image("2.1.0"));
  firmware.chunks[3][100] ^= 1;
  ExpectRefused(firmware, v1::UPDATE_REASON_WRONG_DIGEST);

  ExpectTaken(FirmwareArtifact(Image("3.0.0", 2)));
  const NodeState state = NextState(NodeState::KIND_READY);
  EXPECT_EQ(state.firmware().version().major(), 3u);
  EXPECT_TRUE(state.firmware().confirmed());
  EXPECT_EQ(state.firmware().counter(), 2u);
  Command(v1::NodeCommand::VERB_SEND_TELEMETRY);
  EXPECT_GT(Next<v1::NodeTelemetry>("telemetry").stack_free_bytes(), 2048u);
}

INSTANTIATE_TEST_SUITE_P(Cores, PlainNodeTest,
                         ::testing::Values("cortex-m4", "cortex-m7", "cortex-m33", "cortex-m55"),
                         [](const auto& info) { return std::string(info.param).substr(7); });

}  // namespace
}  // namespace tinyfog::testing
