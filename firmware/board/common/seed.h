#pragma once

#include <array>
#include <cstdint>

namespace tinyfog::board {

using Seed = std::array<std::uint8_t, 32>;

/// Random bytes that no other start of this device gets, from the seed that provisioning left in
/// flash: the stored seed is replaced before the result is used, and neither gives away the other.
/// False when there is no seed: then nothing may be encrypted.
bool NextSeed(Seed& seed);

}  // namespace tinyfog::board
