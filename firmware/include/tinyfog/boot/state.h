#pragma once

#include <cstdint>

#include "tinyfog/boot/image.h"
#include "tinyfog/boot/record_log.h"
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

/// What survives a reset, as it is in flash. Until one is written, all is zero.
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

/// Keeps a State in a RecordLog.
class StateStore {
 public:
  /// `journal`: offset of two units.
  StateStore(hal::Flash& flash, std::uint32_t journal);
  /// Reads the newest record. Errors: as of RecordLog::Open.
  Status Open();
  const State& state() const { return state_; }
  /// Whether the last thing done was a Write that succeeded.
  bool is_written() const { return log_.is_writing(); }
  /// Errors: those of the flash.
  Status Write(const State& state);

 private:
  RecordLog log_;
  State state_;
};

}  // namespace tinyfog::boot
