#include "tinyfog/nn/golden.h"
#include "tinyfog/node/agent.h"

// What the node must be able to do before it calls itself ready: read its flash, keep bits in its
// arena, compute what its model is known to answer, and whatever the device itself asks for.
namespace tinyfog::node {

// True when it has done something. It goes over the arena.
bool Agent::TestSelf() {
  if (self_test_ != SelfTest::kDue) return false;
  const bool is_passed = TestFlash() && TestArena() && TestModel() &&
                         (parts_.application == nullptr || parts_.application->SelfTest());
  self_test_ = is_passed ? SelfTest::kPassed : SelfTest::kFailed;
  interpreter_.reset();  // NoticeModel makes it anew
  state_due_ = true;
  return true;
}

// The start of every unit from the first slot to the last journal.
bool Agent::TestFlash() {
  const FlashMap& map = config_.updater.map;
  const std::uint32_t unit = parts_.flash.geometry().erase;
  for (std::uint32_t at = map.firmware.slot_a; at < map.node_state + 2 * unit; at += unit) {
    std::uint8_t bytes[16];
    if (parts_.flash.Read(at, bytes) != Status::kOk) return false;
  }
  return true;
}

// Each byte keeps a value that depends on its place, and the opposite.
bool Agent::TestArena() {
  volatile std::uint8_t* arena = config_.updater.arena.data();
  const std::size_t size = config_.updater.arena.size();
  for (const std::uint8_t flip : {0x00, 0xFF}) {
    const auto expected = [flip](std::size_t i) {
      return static_cast<std::uint8_t>((i * 167 + (i >> 8)) ^ flip);
    };
    for (std::size_t i = 0; i < size; ++i) arena[i] = expected(i);
    parts_.platform.FeedWatchdog();
    for (std::size_t i = 0; i < size; ++i) {
      if (arena[i] != expected(i)) return false;
    }
  }
  return true;
}

bool Agent::TestModel() {
  const ActiveModel* active = updater_.model();
  if (active == nullptr) return true;
  interpreter_.reset();
  NoticeModel();
  if (!interpreter_) return false;
  const nn::GoldenCrcs expected{active->manifest.golden_input_crc,
                                active->manifest.golden_output_crc};
  return interpreter_->model().CheckCrc() &&
         nn::RunGolden(*interpreter_, active->manifest.golden_seed) == expected;
}

}  // namespace tinyfog::node
