#include <algorithm>

#include "tinyfog/boot/boot.h"

namespace tinyfog::boot {

Status ReadState(hal::Flash& flash, const Layout& layout, State& state) {
  StateStore store(flash, layout.journal);
  const Status opened = store.Open();
  if (opened == Status::kOk) state = store.state();
  return opened;
}

Status RequestUpdate(hal::Flash& flash, const Layout& layout, bool permanent) {
  StateStore store(flash, layout.journal);
  if (const Status opened = store.Open(); opened != Status::kOk) return opened;
  State state = store.state();
  if (state.phase != Phase::kIdle && state.phase != Phase::kRequested) {
    return Status::kFailedPrecondition;
  }
  state.phase = Phase::kRequested;
  state.permanent = permanent;
  return store.Write(state);
}

Status ConfirmUpdate(hal::Flash& flash, const Layout& layout) {
  StateStore store(flash, layout.journal);
  if (const Status opened = store.Open(); opened != Status::kOk) return opened;
  State state = store.state();
  if (state.phase != Phase::kTesting) return Status::kOk;
  // At once: the next start may be one that installs another image.
  const CheckedImage a = ReadImage(flash, layout.slot_a, layout.slot_bytes);
  if (a.refusal == Refusal::kFlash) return Status::kUnavailable;
  if (a.ok()) state.counter = std::max(state.counter, a.tlvs.security_counter);
  state.phase = Phase::kIdle;
  state.outcome = Outcome::kConfirmed;
  return store.Write(state);
}

}  // namespace tinyfog::boot
