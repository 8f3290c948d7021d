#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "process.h"

namespace tinyfog::testing {

/// An emulated board whose flash is a file and whose first program is its bootloader: QEMU. Needs
/// the images of its core (target firmware-CORE).
class Board {
 public:
  /// `core`: "cortex-m4", ... `flash`: as tinyfog-provision has made it. `nic`: the emulator's
  /// option, to which the model is added. Not started yet.
  Board(std::string core, std::filesystem::path flash, std::string nic = "user");
  /// Tells what the board printed when the test has failed.
  ~Board();

  /// The board's name in images and provisioning, e.g. "mps2-an386".
  static std::string HardwareOf(const std::string& core);
  /// An image of that core as the linker made it, e.g. Image("cortex-m4", "node").
  static std::filesystem::path Image(const std::string& core, const std::string& name);

  void Start();
  /// kill -9: the power is cut.
  void Kill();
  bool running() { return process_ != nullptr && process_->running(); }
  /// What it printed since its last Start.
  std::string Console() const;

  const std::filesystem::path& flash() const { return flash_; }
  std::string hardware() const { return HardwareOf(core_); }

 private:
  const std::string core_;
  const std::filesystem::path flash_;
  const std::string nic_;
  std::unique_ptr<Process> process_;
  std::string before_;  // printed before the last Start
};

}  // namespace tinyfog::testing
