#include "tinyfog/boot/boot.h"

#include <algorithm>

#include "swap.h"

namespace tinyfog::boot {
namespace {

constexpr std::uint32_t kAttempts = 1;

// One run of Boot. Each of the phases' functions returns whether there is more to do.
class Machine {
 public:
  Machine(hal::Flash& flash, const Layout& layout, const Trust& trust)
      : flash_(flash), layout_(layout), trust_(trust), store_(flash, layout.journal) {}

  Decision Run() {
    if (store_.Open() != Status::kOk) {
      decision_.slot_a = Refusal::kFlash;
      return decision_;
    }
    // Each phase leads on: at most a revert and a recovery come before the end.
    for (int round = 0; round < 8 && Step(); ++round) {
    }
    decision_.state = store_.state();
    return decision_;
  }

 private:
  bool Step() {
    switch (store_.state().phase) {
      case Phase::kRequested:
        return Install();
      case Phase::kSwapping:
        return FinishSwap();
      case Phase::kReverting:
        return FinishSwap();
      case Phase::kTesting:
        return Test();
      case Phase::kIdle:
        break;
    }
    return Start();
  }

  bool Install() {
    State state = store_.state();
    const CheckedImage b = Check(layout_.slot_b);
    decision_.slot_b = b.refusal;
    if (b.ok()) return BeginSwap(Phase::kSwapping, b);
    state.phase = Phase::kIdle;
    state.outcome = Outcome::kRefused;
    state.refusal = b.refusal;
    ++state.refusals;
    // Without the record, A runs all the same and the request is refused again next time.
    return Write(state) || RunSlotA(Check(layout_.slot_a));
  }

  bool FinishSwap() {
    // What was read may have been written by a write that was cut: again, before relying on it.
    if (!store_.is_written() && !Write(store_.state())) return false;
    if (Swap(flash_, layout_, store_) != Status::kOk) return Fail();
    State state = store_.state();
    const bool reverts = state.phase == Phase::kReverting;
    state.phase = reverts || state.permanent ? Phase::kIdle : Phase::kTesting;
    if (reverts) {
      state.outcome = Outcome::kReverted;
    } else if (state.outcome != Outcome::kRecovered) {
      state.outcome = state.permanent ? Outcome::kConfirmed : Outcome::kTesting;
    }
    state.attempts = 0;
    return Write(state);
  }

  bool Test() {
    State state = store_.state();
    const CheckedImage a = Check(layout_.slot_a);
    if (a.ok() && state.attempts < kAttempts) {
      ++state.attempts;
      Write(state);
      return RunSlotA(a);
    }
    const CheckedImage b = Check(layout_.slot_b);
    decision_.slot_b = b.refusal;
    if (b.ok()) return BeginSwap(Phase::kReverting, b);
    state.phase = Phase::kIdle;
    state.outcome = Outcome::kKept;
    return Write(state);
  }

  bool Start() {
    State state = store_.state();
    const CheckedImage a = Check(layout_.slot_a);
    if (a.ok()) {
      if (a.tlvs.security_counter > state.counter) {
        state.counter = a.tlvs.security_counter;
        Write(state);
      }
      return RunSlotA(a);
    }
    decision_.slot_a = a.refusal;
    const CheckedImage b = Check(layout_.slot_b);
    decision_.slot_b = b.refusal;
    if (!b.ok()) return false;
    state.permanent = true;
    state.outcome = Outcome::kRecovered;
    return BeginSwap(Phase::kSwapping, b, state);
  }

  bool BeginSwap(Phase phase, const CheckedImage& b) { return BeginSwap(phase, b, store_.state()); }

  bool BeginSwap(Phase phase, const CheckedImage& b, State state) {
    const CheckedImage a = ReadImage(flash_, layout_.slot_a, layout_.slot_bytes);
    state.phase = phase;
    state.step = 0;
    state.units = UnitsOf(flash_, std::max(a.total_bytes, b.total_bytes));
    return Write(state);
  }

  CheckedImage Check(std::uint32_t slot) {
    return CheckImage(flash_, slot, layout_.slot_bytes, trust_, store_.state().counter);
  }

  bool RunSlotA(const CheckedImage& a) {
    decision_.runs = a.ok();
    decision_.slot_a = a.refusal;
    decision_.header_bytes = a.header.header_bytes;
    decision_.version = a.header.version;
    return false;
  }

  bool Write(const State& state) { return store_.Write(state) == Status::kOk || Fail(); }

  bool Fail() {
    decision_.slot_a = Refusal::kFlash;
    return false;
  }

  hal::Flash& flash_;
  const Layout& layout_;
  const Trust& trust_;
  StateStore store_;
  Decision decision_;
};

}  // namespace

Decision Boot(hal::Flash& flash, const Layout& layout, const Trust& trust) {
  return Machine(flash, layout, trust).Run();
}

}  // namespace tinyfog::boot
