#include "tinyfog/boot/state.h"

#include <cstring>

#include "tinyfog/base/crc32.h"

namespace tinyfog::boot {
namespace {

// A record is 16 little-endian words:
//   0 magic  1 sequence  2 phase, permanent, outcome, refusal (a byte each, lowest first)  3 step
//   4 units  5 counter  6 attempts  7 refusals  8-14 zero  15 CRC-32 of those before
constexpr std::uint32_t kMagic = 0x31534654;  // "TFS1"
constexpr std::size_t kWords = StateStore::kRecordBytes / 4;

struct Record {
  std::uint32_t words[kWords];

  std::uint32_t Crc() const {
    return Crc32({reinterpret_cast<const std::uint8_t*>(words), 4 * (kWords - 1)});
  }
  bool IsWhole() const {
    return words[0] == kMagic && words[15] == Crc() && (words[2] & 0xFF) <= 4;
  }
};

Record Encode(const State& state, std::uint32_t sequence) {
  Record record{};
  record.words[0] = kMagic;
  record.words[1] = sequence;
  record.words[2] = static_cast<std::uint32_t>(state.phase) | (state.permanent ? 1u << 8 : 0) |
                    static_cast<std::uint32_t>(state.outcome) << 16 |
                    static_cast<std::uint32_t>(state.refusal) << 24;
  record.words[3] = state.step;
  record.words[4] = state.units;
  record.words[5] = state.counter;
  record.words[6] = state.attempts;
  record.words[7] = state.refusals;
  record.words[15] = record.Crc();
  return record;
}

State Decode(const Record& record) {
  State state;
  state.phase = static_cast<Phase>(record.words[2] & 0xFF);
  state.permanent = (record.words[2] >> 8 & 1) != 0;
  state.outcome = static_cast<Outcome>(record.words[2] >> 16 & 0xFF);
  state.refusal = static_cast<Refusal>(record.words[2] >> 24);
  state.step = record.words[3];
  state.units = record.words[4];
  state.counter = record.words[5];
  state.attempts = record.words[6];
  state.refusals = record.words[7];
  return state;
}

}  // namespace

StateStore::StateStore(hal::Flash& flash, std::uint32_t journal)
    : flash_(flash), journal_(journal) {}

Status StateStore::Open() {
  is_writing_ = has_failed_ = false;
  sequence_ = 0;
  unit_ = 1;
  state_ = State{};
  const std::uint32_t unit_bytes = flash_.geometry().erase;
  for (std::uint32_t at = 0; at < 2 * unit_bytes; at += kRecordBytes) {
    Record record;
    std::uint8_t bytes[kRecordBytes];
    if (const Status read = flash_.Read(journal_ + at, bytes); read != Status::kOk) return read;
    std::memcpy(record.words, bytes, sizeof bytes);
    if (!record.IsWhole() || record.words[1] <= sequence_) continue;
    sequence_ = record.words[1];
    unit_ = at / unit_bytes;
    state_ = Decode(record);
  }
  return Status::kOk;
}

Status StateStore::Append(const State& state) {
  const std::uint32_t unit_bytes = flash_.geometry().erase;
  if (!is_writing_ || (next_ + 1) * kRecordBytes > unit_bytes) {
    unit_ = 1 - unit_;
    next_ = 0;
    const Status erased = flash_.Erase(journal_ + unit_ * unit_bytes);
    if (erased != Status::kOk) return erased;
  }
  const Record record = Encode(state, sequence_ + 1);
  std::uint8_t bytes[kRecordBytes];
  std::memcpy(bytes, record.words, sizeof bytes);
  return flash_.Program(journal_ + unit_ * unit_bytes + next_ * kRecordBytes, bytes);
}

Status StateStore::Write(const State& state) {
  if (has_failed_) return Status::kFailedPrecondition;
  const Status appended = Append(state);
  if (appended != Status::kOk) {
    has_failed_ = true;
    return appended;
  }
  is_writing_ = true;
  state_ = state;
  ++sequence_;
  ++next_;
  return Status::kOk;
}

}  // namespace tinyfog::boot
