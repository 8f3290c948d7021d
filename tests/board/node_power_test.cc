#include <fstream>
#include <random>

#include "node_for_test.h"

// Boards whose power fails while they are updated.
namespace tinyfog::testing {
namespace {

// Where the power fails is seen in the flash's file.
class NodePowerTest : public NodeTest {
 protected:
  // Offsets of firmware/board/common/flash_map.h.
  static constexpr std::size_t kSlotA = 0x10000, kSlotB = 0x110000, kUnit = 4096;

  // Cuts the power as soon as a unit of a slot has become what it is in the artifact, which it was
  // not before, and turns it on again.
  void CutPowerAt(std::size_t slot, std::size_t unit, const Artifact& artifact) {
    std::ifstream file(board_->flash(), std::ios::binary);
    const std::string& wanted = artifact.chunks[unit];
    EXPECT_TRUE(Eventually([&] {
      std::string bytes(wanted.size(), 0);
      file.seekg(static_cast<std::streamoff>(slot + unit * kUnit));
      file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      return bytes == wanted;
    })) << "unit "
        << unit;
    board_->Kill();
    board_->Start();
  }
};

TEST_P(NodePowerTest, FirmwareIsInstalledWhereverThePowerFails) {
  StartBoard();
  std::mt19937 random(1);
  int major = 1;
  for (const std::size_t slot : {kSlotB, kSlotA, kSlotA, kSlotA}) {
    // Another program each time, so that every unit differs.
    const std::string program = ++major % 2 == 0 ? "node_misbehaves" : "node";
    const Artifact next = FirmwareArtifact(Image(std::to_string(major) + ".0.0", 1, program));
    const std::size_t unit = random() % (next.chunks.size() - 1);
    SCOPED_TRACE(unit);
    Want(next);
    if (slot == kSlotA) Follow(next, OtaReport::STATE_STAGED);
    if (slot == kSlotB) Send(next, Follow(next, OtaReport::STATE_WANT));
    CutPowerAt(slot, unit, next);
    EXPECT_EQ(Follow(next).state(), OtaReport::STATE_DONE);
    if (HasFailure()) return;
  }
  NodeState state;
  do state = NextState(NodeState::KIND_READY);
  while (!HasFailure() && state.firmware().version().major() != static_cast<unsigned>(major));
  EXPECT_TRUE(state.firmware().confirmed());
}

INSTANTIATE_TEST_SUITE_P(Cores, NodePowerTest, ::testing::Values("cortex-m4", "cortex-m55"),
                         [](const auto& info) { return std::string(info.param).substr(7); });

}  // namespace
}  // namespace tinyfog::testing
