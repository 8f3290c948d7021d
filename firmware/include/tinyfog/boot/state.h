#pragma once

#include <cstdint>

#include "tinyfog/boot/image.h"
#include "tinyfog/hal/flash.h"

namespace tinyfog::boot {

/// Where things are in the flash, as offsets of units that are erased at once.
struct Layout {
  std::uint32_t slot_a;      ///< what runs
  std::uint32_t slot_b;      ///< what is installed next, or was before
  std::uint32_t slot_bytes;  ///< of each slot
  std::uint32_t scratch;     ///< one unit
  std::uint32_t journal;     ///< two units
};

/// The numbers are kept in flash: never renumber.
enum class Phase : std::uint8_t {
  kIdle = 0,       ///< slot A is confirmed
  kRequested = 1,  ///< slot B shall be installed
  kSwapping = 2,   ///< slots are being exchanged to install B
  kTesting = 3,    ///< A is new and not confirmed
  kReverting = 4,  ///< slots are being exchanged back
};

/// How the last update ended. The numbers are told upstream: never renumber.
enum class Outcome : std::uint8_t {
  kNone = 0,
  kRefused = 1,    ///< State::refusal says why
  kTesting = 2,    ///< installed, not yet confirmed
  kConfirmed = 3,  ///< the image itself, or a request without a test
  kReverted = 4,   ///< was not confirmed
  kKept = 5,       ///< was not confirmed, but there was nothing to go back to
  kRecovered = 6,  ///< slot A was broken: B took its place
};

/// What survives a reset. Until one is written, all is zero.
struct State {
  Phase phase = Phase::kIdle;
  bool permanent = false;  ///< install without a test
  Outcome outcome = Outcome::kNone;
  Refusal refusal = Refusal::kNone;  ///< the last one
  std::uint32_t step = 0;            ///< of a swap: the next one; three for each unit
  std::uint32_t units = 0;           ///< of a swap
  std::uint32_t counter = 0;         ///< least security counter that is accepted; never falls
  std::uint32_t attempts = 0;        ///< starts of an image in test
  std::uint32_t refusals = 0;        ///< ever
  friend bool operator==(const State&, const State&) = default;
};

/// Keeps a State in two flash units as a journal of records. The newest whole record is valid. The
/// first Write after Open always erases the unit that does not hold it, so that no place where a
/// write may have been cut is programmed again, and so that a record which was only just readable
/// is written anew before anything relies on it.
class StateStore {
 public:
  static constexpr std::uint32_t kRecordBytes = 64;  ///< units of programming divide it

  StateStore(hal::Flash& flash, std::uint32_t journal);
  /// Reads the newest record. Errors: those of reading.
  Status Open();
  const State& state() const { return state_; }
  /// Whether Write has succeeded since Open.
  bool is_written() const { return is_writing_; }
  /// Appends a record. Errors: those of the flash; then every later Write fails until Open.
  Status Write(const State& state);

 private:
  Status Append(const State& state);

  hal::Flash& flash_;
  std::uint32_t journal_;
  State state_;
  std::uint32_t sequence_ = 0;
  std::uint32_t unit_ = 1;  // that holds the newest record
  std::uint32_t next_ = 0;  // record in it
  bool is_writing_ = false;
  bool has_failed_ = false;
};

}  // namespace tinyfog::boot
