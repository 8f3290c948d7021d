#include "board.h"
#include "flash_map.h"
#include "mapped_flash.h"
#include "print.h"
#include "program.h"
#include "retained.h"
#include "tinyfog/boot/boot.h"
#include "tinyfog/boot/crypto_memory.h"

// The immutable bootloader: brings slot A into order, starts the watchdog and jumps.
namespace tinyfog::board {
namespace {

constexpr std::int32_t kNothingToRun = 4;
constexpr std::uint32_t kWatchdogMs = 4000;
std::uint8_t g_crypto[boot::kSignatureMemoryBytes];

bool ReadKey(hal::Flash& flash, boot::PublicKey& key) {
  std::uint8_t bytes[wire::kTrustedKeyBytes];
  if (flash.Read(wire::kTrustedKey, bytes) != Status::kOk) return false;
  return wire::ReadTrustedKey(bytes, key) == Status::kOk;
}

[[noreturn]] void Jump(std::uintptr_t vectors) {
  const auto* table = reinterpret_cast<const std::uint32_t*>(vectors);
  asm volatile("msr msp, %0\n bx %1" ::"r"(table[0]), "r"(table[1]));
  __builtin_unreachable();
}

}  // namespace

std::int32_t Main() {
  const ResetReason reason = ReadResetReason();
  boot::UseCryptoMemory(g_crypto);
  MappedFlash flash;
  boot::EcdsaCheck check;
  boot::Trust trust{{}, kHardwareId, &check};
  if (!ReadKey(flash, trust.key)) {
    Print("boot: no key: this board is not provisioned\n");
    return kNothingToRun;
  }
  const boot::Decision decision = boot::Boot(flash, kFlashMap, trust);
  Print("boot: reset ", static_cast<std::uint32_t>(reason),
        " slot A: ", boot::RefusalName(decision.slot_a),
        ", last refusal: ", boot::RefusalName(decision.state.refusal), "\n");
  if (!decision.runs) return kNothingToRun;
  HandOn(reason);
  StartWatchdog(kWatchdogMs);
  Jump(kFlash + kFlashMap.slot_a + decision.header_bytes);
}

}  // namespace tinyfog::board
