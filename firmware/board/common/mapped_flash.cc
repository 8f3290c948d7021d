#include "mapped_flash.h"

#include "board.h"
#include "flash_map.h"
#include "memory_protection.h"

namespace tinyfog::board {
namespace {

void SetAccess(Access access) { Protect(kFlashRegion, {kFlash, kFlashBytes, access, true}); }

// Lets the flash be written in a scope.
struct Writable {
  Writable() { SetAccess(Access::kReadWrite); }
  ~Writable() { SetAccess(Access::kReadOnly); }
};

volatile std::uint8_t* At(std::uint32_t offset) {
  return reinterpret_cast<volatile std::uint8_t*>(kFlash + offset);
}

bool IsInside(std::uint32_t offset, std::size_t bytes) {
  return offset <= kFlashBytes && bytes <= kFlashBytes - offset;
}

// Trusted key and identity are written at provisioning, and never again.
bool MayBeWritten(std::uint32_t offset, std::size_t bytes) {
  return offset >= kFlashMap.slot_a && IsInside(offset, bytes);
}

}  // namespace

MappedFlash::MappedFlash() : geometry_{kFlashBytes, kFlashEraseBytes, kFlashProgramBytes} {
  SetAccess(Access::kReadOnly);
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
  if (!MayBeWritten(offset, bytes.size())) return Status::kOutOfRange;
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
  if (!MayBeWritten(offset, kFlashEraseBytes)) return Status::kOutOfRange;
  const Writable scope;
  auto* words = reinterpret_cast<volatile std::uint32_t*>(kFlash + offset);
  for (std::uint32_t i = 0; i < kFlashEraseBytes / 4; ++i) words[i] = 0xFFFFFFFF;
  return Status::kOk;
}

}  // namespace tinyfog::board
