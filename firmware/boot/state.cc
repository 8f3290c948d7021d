#include "tinyfog/boot/state.h"

#include <cstring>

namespace tinyfog::boot {
namespace {

// The value of a record: a State as it is in memory, and zeros.
constexpr std::uint32_t kMagic = 0x31534654;  // "TFS1"
constexpr std::size_t kValueBytes = 52;
static_assert(sizeof(State) == 24);

}  // namespace

StateStore::StateStore(hal::Flash& flash, std::uint32_t journal) : log_(flash, journal, kMagic) {}

Status StateStore::Open() {
  std::uint8_t value[kValueBytes] = {};
  if (const Status opened = log_.Open(value); opened != Status::kOk) return opened;
  value[offsetof(State, permanent)] &= 1;
  std::memcpy(&state_, value, sizeof state_);
  // A phase of which this code does not know cannot be gone on with; the rest is still true.
  if (state_.phase > Phase::kReverting) state_.phase = Phase::kIdle;
  return Status::kOk;
}

Status StateStore::Write(const State& state) {
  std::uint8_t value[kValueBytes] = {};
  std::memcpy(value, &state, sizeof state);
  const Status written = log_.Write(value);
  if (written == Status::kOk) state_ = state;
  return written;
}

}  // namespace tinyfog::boot
