#include "board.h"
#include "flash_map.h"
#include "mapped_flash.h"
#include "print.h"
#include "program.h"
#include "retained.h"
#include "tinyfog/boot/boot.h"

// Firmware of the bootloader's test. The build number of its version says what it does.
namespace tinyfog::board {
namespace {

constexpr std::uint32_t kConfirms = 1, kHangs = 2, kAsksForUpdate = 4;

extern "C" void* const vectors[16];
alignas(128) void* g_vectors[16];

void IgnoreWarning() {}

// The watchdog's warning, an NMI, must not end the emulation: the reset behind it is under test.
void PassOverWarnings() {
  for (int i = 0; i < 16; ++i) g_vectors[i] = vectors[i];
  g_vectors[2] = reinterpret_cast<void*>(IgnoreWarning);
  *reinterpret_cast<volatile std::uintptr_t*>(0xE000ED08) =
      reinterpret_cast<std::uintptr_t>(g_vectors);
}

}  // namespace

std::int32_t Main() {
  PassOverWarnings();
  MappedFlash flash;
  boot::StateStore store(flash, kFlashMap.journal);
  if (store.Open() != Status::kOk) return 1;
  const boot::State state = store.state();
  const auto image = boot::ReadImage(flash, kFlashMap.slot_a, kFlashMap.slot_bytes);
  Print("app ", std::uint32_t{image.header.version.major}, " reset ",
        static_cast<std::uint32_t>(HandedReason()), " phase ",
        static_cast<std::uint32_t>(state.phase), " outcome ",
        static_cast<std::uint32_t>(state.outcome), " refusal ", boot::RefusalName(state.refusal),
        "\n");
  const std::uint32_t does = image.header.version.build;
  while ((does & kHangs) != 0) asm volatile("");
  if ((does & kAsksForUpdate) != 0 && state.outcome == boot::Outcome::kNone) {
    if (boot::RequestUpdate(flash, kFlashMap, false) != Status::kOk) return 1;
    ResetNow();
  }
  if (state.phase == boot::Phase::kTesting) {
    if ((does & kConfirms) != 0 && boot::ConfirmUpdate(flash, kFlashMap) != Status::kOk) return 1;
    ResetNow();
  }
  return 0;
}

}  // namespace tinyfog::board
