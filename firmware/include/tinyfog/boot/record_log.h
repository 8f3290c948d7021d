#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "tinyfog/hal/flash.h"

namespace tinyfog::boot {

/// Where a log is and how far it has come.
struct LogPosition {
  std::uint32_t units;  ///< offset of both
  std::uint32_t magic;
  std::uint32_t sequence = 0;
  std::uint32_t unit = 1;        ///< that holds the newest record
  std::uint32_t next = 0;        ///< offset in it
  std::uint32_t is_writing = 0;  ///< 1: the last thing done was a write that succeeded
};
/// The work of RecordLog::Open and Write.
Status OpenLog(hal::Flash& flash, LogPosition& log, std::span<std::uint8_t> value);
Status WriteLog(hal::Flash& flash, LogPosition& log, std::span<const std::uint8_t> value);

/// Keeps one small value in two flash units as a log of records, the newest whole one of which is
/// valid: a write that the power cuts leaves the value before it. The first Write after Open, or
/// after one that failed, erases the unit that does not hold it, so that no place where a write may
/// have been cut is programmed again, and so that a record which was only just readable is written
/// anew before anything relies on it.
///
///     record, in whole 64 bytes, little-endian:
///         u32 magic | u32 sequence | the value | u32 CRC-32 of all before
class RecordLog {
 public:
  static constexpr std::uint32_t kValueBytes = 116;  ///< at most; whole words
  static constexpr std::uint32_t kRecordBytes = 64;  ///< units of programming divide it

  /// `units`: offset of both. `magic` tells one kind of value from another. A new kind of value
  /// takes a new magic.
  RecordLog(hal::Flash& flash, std::uint32_t units, std::uint32_t magic)
      : flash_(flash), log_{units, magic} {}

  /// Reads the newest value into `value`, which is left alone when there is none.
  /// Errors: those of reading; kInvalidArgument when the flash's units do not fit.
  Status Open(std::span<std::uint8_t> value) { return OpenLog(flash_, log_, value); }
  /// Whether the last thing done was a Write that succeeded.
  bool is_writing() const { return log_.is_writing != 0; }
  /// Of the size that Open was called with. Errors: those of the flash; then what Open would read
  /// is the value or the one before.
  Status Write(std::span<const std::uint8_t> value) { return WriteLog(flash_, log_, value); }

 private:
  hal::Flash& flash_;
  LogPosition log_;
};

/// A value as a log takes it: as it is in memory.
template <class T>
std::span<std::uint8_t> RecordBytes(T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  static_assert(sizeof(T) % 4 == 0 && sizeof(T) <= RecordLog::kValueBytes);
  return {reinterpret_cast<std::uint8_t*>(&value), sizeof value};
}

}  // namespace tinyfog::boot
