#include "tinyfog/node/record_log.h"

#include <array>
#include <cstring>

#include "tinyfog/base/crc32.h"

namespace tinyfog::node {
namespace {

constexpr std::uint32_t kFrameBytes = 12;  // magic, sequence, CRC
using Record = std::array<std::uint8_t, 2 * RecordLog::kRecordBytes>;
static_assert(RecordLog::kValueBytes + kFrameBytes == sizeof(Record));

constexpr std::uint32_t RecordBytes(std::size_t value) {
  return value + kFrameBytes <= RecordLog::kRecordBytes ? RecordLog::kRecordBytes : sizeof(Record);
}

std::uint32_t Word(const Record& record, std::size_t at) {
  std::uint32_t word;
  std::memcpy(&word, &record[at], sizeof word);
  return word;
}
void PutWord(Record& record, std::size_t at, std::uint32_t word) {
  std::memcpy(&record[at], &word, sizeof word);
}

std::uint32_t CrcOf(const Record& record, std::size_t value) {
  return Crc32(std::span(record).first(8 + value));
}

}  // namespace

RecordLog::RecordLog(hal::Flash& flash, std::uint32_t units, std::uint32_t magic)
    : flash_(flash), units_(units), magic_(magic) {}

Status RecordLog::Open(std::span<std::uint8_t> value) {
  is_writing_ = false;
  sequence_ = 0;
  unit_ = 1;
  const hal::FlashGeometry& geometry = flash_.geometry();
  const std::uint32_t bytes = RecordBytes(value.size());
  if (value.size() > kValueBytes || kRecordBytes % geometry.program != 0 ||
      geometry.erase < bytes) {
    return Status::kInvalidArgument;
  }
  for (std::uint32_t at = 0; at < 2 * geometry.erase; at += bytes) {
    Record record;
    const Status read = flash_.Read(units_ + at, std::span(record).first(bytes));
    if (read != Status::kOk) return read;
    const bool is_whole =
        Word(record, 0) == magic_ && Word(record, 8 + value.size()) == CrcOf(record, value.size());
    if (!is_whole || Word(record, 4) <= sequence_) continue;
    sequence_ = Word(record, 4);
    unit_ = at / geometry.erase;
    std::memcpy(value.data(), &record[8], value.size());
  }
  return Status::kOk;
}

Status RecordLog::Append(std::span<const std::uint8_t> value, std::uint32_t unit,
                         std::uint32_t at) {
  const std::uint32_t offset = units_ + unit * flash_.geometry().erase;
  if (at == 0) {
    if (const Status erased = flash_.Erase(offset); erased != Status::kOk) return erased;
  }
  Record record{};
  PutWord(record, 0, magic_);
  PutWord(record, 4, sequence_);
  std::memcpy(&record[8], value.data(), value.size());
  PutWord(record, 8 + value.size(), CrcOf(record, value.size()));
  return flash_.Program(offset + at, std::span(record).first(RecordBytes(value.size())));
}

Status RecordLog::Write(std::span<const std::uint8_t> value) {
  const std::uint32_t bytes = RecordBytes(value.size());
  const bool goes_on = is_writing_ && next_ + bytes <= flash_.geometry().erase;
  const std::uint32_t unit = goes_on ? unit_ : 1 - unit_;
  const std::uint32_t at = goes_on ? next_ : 0;
  ++sequence_;  // also of a write that fails: it may be whole in the flash
  const Status appended = Append(value, unit, at);
  is_writing_ = appended == Status::kOk;
  if (!is_writing_) return appended;
  unit_ = unit;
  next_ = at + bytes;
  return Status::kOk;
}

}  // namespace tinyfog::node
