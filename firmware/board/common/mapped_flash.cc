#include "mapped_flash.h"

#include "board.h"
#include "flash_map.h"

namespace tinyfog::board {
namespace {

volatile std::uint32_t& Register(std::uintptr_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}

// The memory protection unit. Source: Armv7-M Architecture Reference Manual, B3.5.
constexpr std::uintptr_t kControl = 0xE000ED94;
constexpr std::uintptr_t kRegionNumber = 0xE000ED98;
constexpr std::uintptr_t kRegionBase = 0xE000ED9C;
constexpr std::uintptr_t kRegionAttributes = 0xE000EDA0;
constexpr std::uint32_t kOnWithBackground = 1 | 4;
constexpr std::uint32_t kFlashRegion = 0;
// 16 MB of normal memory, not cached, executable.
constexpr std::uint32_t kRegion = 1u << 19 | 23u << 1 | 1;
constexpr std::uint32_t kReadOnly = 6u << 24, kReadWrite = 3u << 24;
static_assert(kFlashBytes == 16 << 20);

void SetAccess(std::uint32_t access) {
  asm volatile("dsb" ::: "memory");
  Register(kRegionNumber) = kFlashRegion;
  Register(kRegionBase) = kFlash;
  Register(kRegionAttributes) = kRegion | access;
  Register(kControl) = kOnWithBackground;
  asm volatile("dsb\n isb" ::: "memory");
}

// Lets the flash be written in a scope.
struct Writable {
  Writable() { SetAccess(kReadWrite); }
  ~Writable() { SetAccess(kReadOnly); }
};

volatile std::uint8_t* At(std::uint32_t offset) {
  return reinterpret_cast<volatile std::uint8_t*>(kFlash + offset);
}

bool IsInside(std::uint32_t offset, std::size_t bytes) {
  return offset <= kFlashBytes && bytes <= kFlashBytes - offset;
}

}  // namespace

MappedFlash::MappedFlash() : geometry_{kFlashBytes, kFlashEraseBytes, kFlashProgramBytes} {
  SetAccess(kReadOnly);
}

Status MappedFlash::Read(std::uint32_t offset, std::span<std::uint8_t> bytes) {
  if (!IsInside(offset, bytes.size())) return Status::kOutOfRange;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = At(offset)[i];
  return Status::kOk;
}

Status MappedFlash::Program(std::uint32_t offset, std::span<const std::uint8_t> bytes) {
  if (offset % kFlashProgramBytes != 0 || bytes.size() % kFlashProgramBytes != 0) {
    return Status::kInvalidArgument;
  }
  if (!IsInside(offset, bytes.size())) return Status::kOutOfRange;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (At(offset)[i] != 0xFF) return Status::kFailedPrecondition;
  }
  const Writable scope;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    At(offset)[i] = bytes[i];
    if (At(offset)[i] != bytes[i]) return Status::kDataLoss;
  }
  return Status::kOk;
}

Status MappedFlash::Erase(std::uint32_t offset) {
  if (offset % kFlashEraseBytes != 0) return Status::kInvalidArgument;
  if (!IsInside(offset, kFlashEraseBytes)) return Status::kOutOfRange;
  const Writable scope;
  auto* words = reinterpret_cast<volatile std::uint32_t*>(kFlash + offset);
  for (std::uint32_t i = 0; i < kFlashEraseBytes / 4; ++i) words[i] = 0xFFFFFFFF;
  return Status::kOk;
}

}  // namespace tinyfog::board
