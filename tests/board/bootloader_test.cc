#include "bootloader_for_test.h"

namespace tinyfog::testing {
namespace {

using firmware_image::Key;

// What boot_app does, by the build number of its version.
constexpr std::uint32_t kNothing = 0, kConfirms = 1, kHangs = 2, kAsksForUpdate = 4,
                        kWritesToRom = 8, kOverflowsStack = 16, kRunsData = 32, kHangsDeaf = 64,
                        kReadsNull = 128;

class BootloaderTest : public BootedBoard {
 protected:
  std::string Image(std::uint8_t major, std::uint32_t does, std::uint32_t counter, const Key& key,
                    const char* hardware) {
    firmware_image::Contents contents;
    contents.version = {major, 0, 0, does};
    contents.security_counter = counter;
    contents.hardware_id = hardware;
    contents.code = code_;
    return BootedBoard::Image(contents, key);
  }
  std::string Image(std::uint8_t major, std::uint32_t does, std::uint32_t counter = 5) {
    return Image(major, does, counter, key_, GetParam().second);
  }

  const std::vector<std::uint8_t> code_ = Code("boot_app");
};

// The firmware's lines: reset reason (1 asked, 2 watchdog), phase (3 testing), outcome.
TEST_P(BootloaderTest, UpdateIsTestedConfirmedAndStays) {
  const std::string output = Run(Image(1, kAsksForUpdate), Image(2, kConfirms, 6));
  EXPECT_NE(output.find("app 1 reset 0 phase 0 outcome 0"), std::string::npos) << output;
  EXPECT_NE(output.find("app 2 reset 1 phase 3 outcome 2"), std::string::npos) << output;
  EXPECT_NE(output.find("app 2 reset 1 phase 0 outcome 3"), std::string::npos) << output;
}

TEST_P(BootloaderTest, UnconfirmedUpdateIsReverted) {
  const std::string output = Run(Image(1, kAsksForUpdate), Image(2, kNothing));
  EXPECT_NE(output.find("app 2 reset 1 phase 3 outcome 2"), std::string::npos) << output;
  EXPECT_NE(output.find("app 1 reset 1 phase 0 outcome 4"), std::string::npos) << output;
}

// The next start knows the reason of the reset (2 watchdog, 3 fault) and the fault.
TEST_P(BootloaderTest, ImageThatFaultsOrHangsIsRevertedAndTheFaultKept) {
  const bool is_v8 = core() == "cortex-m33" || core() == "cortex-m55";
  for (const auto& [does, reset, kept] :
       std::initializer_list<std::tuple<std::uint32_t, std::string, std::string>>{
           {kHangs, "2", "kept: exception 2 somewhere"},
           {kHangsDeaf, "2", ""},
           {kReadsNull, is_v8 ? "1" : "3",
            is_v8 ? "" : "kept: exception 3 somewhere status 00000082"},
           {kWritesToRom, "3", "kept: exception 3 somewhere status 00000082"},
           {kOverflowsStack, "3",
            is_v8 ? "kept: exception 3 nowhere status 00100000"
                  : "kept: exception 3 nowhere status 000000"},
           {kRunsData, "3", "kept: exception 3 somewhere status 00000001"}}) {
    const std::string output = Run(Image(1, kAsksForUpdate), Image(2, does));
    EXPECT_NE(output.find("app 2 reset 1 phase 3 outcome 2"), std::string::npos) << output;
    const std::size_t back = output.find("app 1 reset " + reset + " phase 0 outcome 4");
    ASSERT_NE(back, std::string::npos) << output;
    EXPECT_EQ(output.find("kept: ", back) != std::string::npos, !kept.empty()) << output;
    EXPECT_NE(output.find(kept, back), std::string::npos) << output;
  }
}

TEST_P(BootloaderTest, WrongImagesAreRefusedWithTheReason) {
  const Key other = Key::Generate().value();
  const char* hardware = GetParam().second;
  std::string flipped = Image(2, kConfirms), unsigned_one = flipped, truncated = flipped;
  flipped[1000] = static_cast<char>(flipped[1000] ^ 1);
  unsigned_one.back() = static_cast<char>(unsigned_one.back() ^ 1);
  std::fill(truncated.end() - 600, truncated.end(), '\xFF');
  for (const auto& [image, reason] : std::initializer_list<std::pair<std::string, std::string>>{
           {Image(2, kConfirms, 5, other, hardware), "unknown key"},
           {Image(2, kConfirms, 5, key_, "other-board"), "wrong hardware"},
           {Image(2, kConfirms, 4), "downgrade"},
           {flipped, "wrong digest"},
           {unsigned_one, "wrong signature"},
           {truncated, "truncated"}}) {
    const std::string output = Run(Image(1, kAsksForUpdate), image);
    EXPECT_NE(output.find("app 1 reset 1 phase 0 outcome 1 refusal " + reason), std::string::npos)
        << output;
    EXPECT_EQ(output.find("app 2"), std::string::npos) << output;
  }
}

TEST_P(BootloaderTest, UnprovisionedBoardAndEmptySlotsRunNothing) {
  EXPECT_NE(Run("", "", 4).find("slot A: no image"), std::string::npos);
  flash_[10] = static_cast<char>(flash_[10] ^ 1);
  EXPECT_NE(Run(Image(1, kNothing), "", 4).find("not provisioned"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Boards, BootloaderTest, kBootedBoards, BoardName);

}  // namespace
}  // namespace tinyfog::testing
