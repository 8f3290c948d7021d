#pragma once

#include <gtest/gtest.h>

#include "process.h"
#include "tinyfog/firmware_image/firmware_image.h"

namespace tinyfog::testing {

// Offsets of firmware/board/common/flash_map.h.
constexpr std::size_t kFlashBytes = 16 << 20, kSlotA = 0x10000, kSlotB = 0x110000;

/// The bootloader on an emulated board (core, machine) whose external memory is a file: images are
/// made and signed here.
class BootedBoard : public ::testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  /// Trusts key_.
  BootedBoard();

  std::string core() const { return GetParam().first; }
  std::string machine() const { return GetParam().second; }
  std::string Binary(const std::string& name) const;
  /// The code of an image of the build, as signed.
  std::vector<std::uint8_t> Code(const std::string& name) const;
  std::string Image(const firmware_image::Contents& contents, const firmware_image::Key& key) const;

  /// Runs the board on both images until the firmware ends the emulation with `code`; what it
  /// printed.
  std::string Run(const std::string& a, const std::string& b, int code = 0);

  const TemporaryFolder folder_;
  const firmware_image::Key key_ = firmware_image::Key::Generate().value();
  std::string flash_ = std::string(kFlashBytes, '\xFF');
  std::string bootloader_;  ///< another one than the build's
};

inline const auto kBootedBoards =
    ::testing::Values(std::pair{"cortex-m4", "mps2-an386"}, std::pair{"cortex-m7", "mps2-an500"},
                      std::pair{"cortex-m33", "mps2-an505"}, std::pair{"cortex-m55", "mps3-an547"});
inline std::string BoardName(
    const ::testing::TestParamInfo<std::pair<const char*, const char*>>& info) {
  return std::string(info.param.first).substr(7);
}

}  // namespace tinyfog::testing
