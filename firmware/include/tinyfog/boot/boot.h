#pragma once

#include "tinyfog/boot/state.h"

namespace tinyfog::boot {

/// What the bootloader does next, and what it tells the firmware.
struct Decision {
  bool runs = false;                ///< slot A is verified: jump to it
  State state;                      ///< as kept
  Refusal slot_a = Refusal::kNone;  ///< why A does not run
  Refusal slot_b = Refusal::kNone;  ///< why B does not take its place, where that was asked
  std::uint32_t header_bytes = 0;   ///< of the image in A: the code begins behind them
  wire::ImageVersion version;       ///< of the image in A
};

/// Brings the flash to a state from which slot A can run: finishes what a reset has interrupted,
/// installs what is requested, takes back what was not confirmed, and verifies A. Calls of it
/// after a power cut at any place go on where it was.
Decision Boot(hal::Flash& flash, const Layout& layout, const Trust& trust);

/// For the firmware: what the bootloader left. Errors: as of StateStore::Open.
Status ReadState(hal::Flash& flash, const Layout& layout, State& state);

/// For the firmware, once the whole image is in slot B: the next Boot verifies and installs it;
/// with `permanent` without a test. Errors: kFailedPrecondition while an update is being tested;
/// those of the flash.
Status RequestUpdate(hal::Flash& flash, const Layout& layout, bool permanent);

/// For the firmware, once it works: it stays, and nothing with a lower security counter is accepted
/// from now on. Does nothing when there is no test. Errors: those of
/// the flash.
Status ConfirmUpdate(hal::Flash& flash, const Layout& layout);

}  // namespace tinyfog::boot
