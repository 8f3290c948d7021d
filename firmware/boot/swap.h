#pragma once

#include "tinyfog/boot/state.h"

namespace tinyfog::boot {

/// Units of flash that hold `bytes`.
std::uint32_t UnitsOf(const hal::Flash& flash, std::uint32_t bytes);

/// Exchanges the first `units` units of both slots, from the state's step on. Every step copies one
/// unit to a place whose contents nothing needs, and is recorded before the next one begins: after
/// a cut, the step that is not recorded is done again. Errors: those of the flash.
Status Swap(hal::Flash& flash, const Layout& layout, StateStore& store);

}  // namespace tinyfog::boot
