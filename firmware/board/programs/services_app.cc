#include "board.h"
#include "flash_map.h"
#include "mapped_flash.h"
#include "print.h"
#include "program.h"
#include "protected_image.h"
#include "retained.h"
#include "tinyfog/boot/crypto_memory.h"
#include "tinyfog/boot/services.h"

// Firmware of the bootloader's test that asks the bootloader's services and prints the answers.
// Behind what a node has in flash the test has put: u32 signatures, then of each key, digest and
// signature.
namespace tinyfog::board {
namespace {

struct Case {
  boot::PublicKey key;
  wire::Sha256 digest;
  wire::EcdsaSignature signature;
};
constexpr std::uintptr_t kCases = kFlash + kFlashRest;
constexpr std::size_t kLongestMessage = 200;
constexpr std::uint8_t kPaint = 0xA5;
constexpr std::size_t kBehind = 64;  // what is lent

// One number for many messages: the hash of the hashes of all beginnings of the cases, each in two
// pieces. So two hashes are at work at once.
wire::Sha256 HashBeginnings() {
  boot::Hasher all;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(kCases);
  for (std::size_t n = 0; n <= kLongestMessage; ++n) {
    boot::Hasher one;
    one.Add({bytes, n / 3});
    one.Add({bytes + n / 3, n - n / 3});
    all.Add(one.Finish());
  }
  return all.Finish();
}

void CheckSignatures() {
  const std::uint32_t count = *reinterpret_cast<const std::uint32_t*>(kCases);
  const auto* cases = reinterpret_cast<const Case*>(kCases + sizeof count);
  boot::EcdsaCheck check;
  Print("signatures ");
  for (std::uint32_t i = 0; i < count; ++i) {
    FeedWatchdog();
    Print(check.IsGood(cases[i].key, cases[i].digest, cases[i].signature) ? "1" : "0");
  }
  Print("\n");
}

// Bytes at the end that still are what they were.
std::uint32_t Untouched(std::span<const std::uint8_t> memory) {
  std::uint32_t count = 0;
  while (count < memory.size() && memory[memory.size() - 1 - count] == kPaint) ++count;
  return count;
}

}  // namespace

std::int32_t Main() {
  ProtectImage();
  PaintStack();
  if (!boot::HasServices()) {
    Print("app: services are missing\n");
    ResetNow();
  }
  Print("hash ");
  for (const std::uint8_t byte : HashBeginnings()) Print(std::uint32_t{byte}, " ");
  Print("\n");
  CheckSignatures();  // without memory: all are wrong
  static std::array<std::uint8_t, boot::kSignatureMemoryBytes + kBehind> memory;
  memory.fill(kPaint);
  boot::UseCryptoMemory(std::span(memory).first<boot::kSignatureMemoryBytes>());
  CheckSignatures();
  MappedFlash flash;
  const auto image = boot::ReadImage(flash, kFlashMap.slot_a, kFlashMap.slot_bytes);
  Print("image ", std::uint32_t{image.header.version.major}, " ",
        image.tlvs.HardwareId() == kHardwareId ? "for this board" : "for another", "\n");
  Print("stack ", StackBytes(), " untouched behind the memory ", Untouched(memory), "\n");
  return 0;
}

}  // namespace tinyfog::board
