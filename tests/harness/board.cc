#include "board.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <iostream>

namespace tinyfog::testing {

Board::Board(std::string core, std::filesystem::path flash, std::string nic)
    : core_(std::move(core)), flash_(std::move(flash)), nic_(std::move(nic)) {}

Board::~Board() {
  if (!::testing::Test::HasFailure() || process_ == nullptr) return;
  std::cerr << "board: " << before_ << Console() << process_->Errors() << "\n";
}

std::string Board::HardwareOf(const std::string& core) {
  if (core == "cortex-m4") return "mps2-an386";
  if (core == "cortex-m7") return "mps2-an500";
  if (core == "cortex-m33") return "mps2-an505";
  return "mps3-an547";
}

std::filesystem::path Board::Image(const std::string& core, const std::string& name) {
  return std::filesystem::path(TINYFOG_BINARY_DIR) / core / "bin" / (name + ".elf");
}

void Board::Start() {
  if (process_ != nullptr) before_ += Console() + "\n-- started again\n";
  // Time passes with instructions: a board that the test's machine lets wait does not hang.
  // The emulator backs all of that board's external memory by the file.
  const std::string size = core_ == "cortex-m55" ? "2G" : "16M";
  process_ = std::make_unique<Process>(std::vector<std::string>{
      "qemu-system-arm", "-M", hardware() + ",memory-backend=ram", "-object",
      "memory-backend-file,id=ram,share=on,size=" + size + ",mem-path=" + flash_.string(),
      "-icount", "shift=3", "-kernel", Image(core_, "bootloader"), "-nic", nic_ + ",model=lan9118",
      "-display", "none", "-monitor", "none", "-serial", "stdio"});
}

void Board::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

std::string Board::Console() const { return process_ == nullptr ? "" : process_->Output(); }

}  // namespace tinyfog::testing
