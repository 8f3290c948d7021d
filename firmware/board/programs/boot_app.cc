#include "board.h"
#include "flash_map.h"
#include "mapped_flash.h"
#include "print.h"
#include "program.h"
#include "protected_image.h"
#include "retained.h"
#include "tinyfog/boot/boot.h"
#include "tinyfog/boot/services.h"

// Firmware of the bootloader's test. The build number of its version says what it does.
namespace tinyfog::board {
namespace {

constexpr std::uint32_t kConfirms = 1, kHangs = 2, kAsksForUpdate = 4, kWritesToRom = 8,
                        kOverflowsStack = 16, kRunsData = 32, kHangsDeaf = 64, kReadsNull = 128;

extern "C" void* const vectors[16];
alignas(128) void* g_vectors[16];
std::uint32_t g_code = 0x4770;  // bx lr

void IgnoreWarning() {}

// Without an answer to the watchdog's warning, an NMI, the watchdog itself resets the board.
void PassOverWarnings() {
  for (int i = 0; i < 16; ++i) g_vectors[i] = vectors[i];
  g_vectors[2] = reinterpret_cast<void*>(IgnoreWarning);
  *reinterpret_cast<volatile std::uintptr_t*>(0xE000ED08) =
      reinterpret_cast<std::uintptr_t>(g_vectors);
}

void Misbehave(std::uint32_t does) {
  if ((does & kHangsDeaf) != 0) PassOverWarnings();
  while ((does & (kHangs | kHangsDeaf)) != 0) asm volatile("");
  if ((does & kWritesToRom) != 0) {
    *reinterpret_cast<volatile std::uint32_t*>(kRom + boot::kServicesOffset) = 0;
  }
  if ((does & kReadsNull) != 0) {
    std::uintptr_t null = 0;
    asm volatile("ldr %0, [%0]" : "+r"(null));
  }
  while ((does & kOverflowsStack) != 0) asm volatile("push {r0-r3}");
  if ((does & kRunsData) != 0) {
    asm volatile("blx %0" ::"r"(reinterpret_cast<std::uintptr_t>(&g_code) | 1) : "lr");
  }
}

}  // namespace

std::int32_t Main() {
  ProtectImage();
  PaintStack();
  MappedFlash flash;
  boot::State state;
  if (boot::ReadState(flash, kFlashMap, state) != Status::kOk) return 1;
  const auto image = boot::ReadImage(flash, kFlashMap.slot_a, kFlashMap.slot_bytes);
  Print("app ", std::uint32_t{image.header.version.major}, " reset ",
        static_cast<std::uint32_t>(HandedReason()), " phase ",
        static_cast<std::uint32_t>(state.phase), " outcome ",
        static_cast<std::uint32_t>(state.outcome), " refusal ", boot::RefusalName(state.refusal),
        "\n");
  Fault fault;
  if (TakeFault(fault)) {
    Print("kept: exception ", fault.exception, fault.pc == 0 ? " nowhere" : " somewhere",
          " status ", Hex{fault.status}, "\n");
  }
  const std::uint32_t does = image.header.version.build;
  Misbehave(does);
  if ((does & kAsksForUpdate) != 0 && state.outcome == boot::Outcome::kNone) {
    if (boot::RequestUpdate(flash, kFlashMap, false) != Status::kOk) return 1;
    ResetNow();
  }
  if (state.phase == boot::Phase::kTesting) {
    if ((does & kConfirms) != 0 && boot::ConfirmUpdate(flash, kFlashMap) != Status::kOk) return 1;
    Print("stack ", StackBytes(), "\n");
    ResetNow();
  }
  return 0;
}

}  // namespace tinyfog::board
