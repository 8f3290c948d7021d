#include "tinyfog/boot/record_log.h"

#include <bit>
#include <cstring>

#include "tinyfog/base/crc32.h"

namespace tinyfog::boot {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t kFrameBytes = 12;
constexpr std::uint32_t kFrameWords = kFrameBytes / 4;

// As many of the words are used as the value takes: magic, sequence, value, CRC.
struct Record {
  std::uint32_t words[kFrameWords + RecordLog::kValueBytes / 4];

  std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(words); }
  std::uint8_t* value() { return reinterpret_cast<std::uint8_t*>(words + 2); }
  std::uint32_t Crc(std::size_t value_bytes) { return Crc32({bytes(), 8 + value_bytes}); }
  std::uint32_t& crc(std::size_t value_bytes) { return words[2 + value_bytes / 4]; }
};

// Records are as large as the next whole number of 64 bytes.
std::uint32_t SizeOf(std::size_t value_bytes) {
  constexpr std::uint32_t kUnit = RecordLog::kRecordBytes;
  return static_cast<std::uint32_t>(value_bytes + kFrameBytes + kUnit - 1) & ~(kUnit - 1);
}

}  // namespace

Status OpenLog(hal::Flash& flash, LogPosition& log, std::span<std::uint8_t> value) {
  log.is_writing = 0;
  log.sequence = 0;
  log.unit = 1;
  const hal::FlashGeometry& geometry = flash.geometry();
  const std::uint32_t bytes = SizeOf(value.size());
  if (geometry.program > RecordLog::kRecordBytes || geometry.erase < bytes)
    return Status::kInvalidArgument;
  for (std::uint32_t at = 0; at < 2 * geometry.erase; at += bytes) {
    Record record;
    const Status read = flash.Read(log.units + at, {record.bytes(), bytes});
    if (read != Status::kOk) return read;
    const std::uint32_t sequence = record.words[1];
    const bool is_newer = record.words[0] == log.magic && sequence > log.sequence;
    if (!is_newer || record.crc(value.size()) != record.Crc(value.size())) continue;
    log.sequence = sequence;
    log.unit = at >= geometry.erase ? 1 : 0;
    std::memcpy(value.data(), record.value(), value.size());
  }
  return Status::kOk;
}

Status WriteLog(hal::Flash& flash, LogPosition& log, std::span<const std::uint8_t> value) {
  const std::uint32_t erase = flash.geometry().erase;
  const std::uint32_t bytes = SizeOf(value.size());
  const bool goes_on = log.is_writing && log.next + bytes <= erase;
  log.is_writing = 0;
  const std::uint32_t unit = goes_on ? log.unit : 1 - log.unit;
  const std::uint32_t offset = log.units + unit * erase;
  if (!goes_on) {
    log.next = 0;
    if (const Status erased = flash.Erase(offset); erased != Status::kOk) return erased;
  }
  Record record{};
  record.words[0] = log.magic;
  record.words[1] = ++log.sequence;  // also of a write that fails: it may be whole in the flash
  std::memcpy(record.value(), value.data(), value.size());
  record.crc(value.size()) = record.Crc(value.size());
  const Status programmed = flash.Program(offset + log.next, {record.bytes(), bytes});
  if (programmed != Status::kOk) return programmed;
  log.unit = unit;
  log.next += bytes;
  log.is_writing = 1;
  return Status::kOk;
}

}  // namespace tinyfog::boot
