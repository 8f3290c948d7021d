#pragma once

#include <array>
#include <cstdint>

#include "tinyfog/base/status.h"
#include "tinyfog/hal/flash.h"

namespace tinyfog::board {

using Seed = std::array<std::uint8_t, 32>;

/// Random bytes that no other start of this device gets, from the seed that provisioning left in
/// flash: the stored seed is replaced before the result is used, and neither gives away the other.
/// Errors: kNotFound: there is no seed; those of the flash. Then nothing may be encrypted.
Status NextSeed(hal::Flash& flash, Seed& seed);

}  // namespace tinyfog::board
