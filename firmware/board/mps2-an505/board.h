#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 505, memory map (secure alias).
inline constexpr std::uintptr_t kUart0 = 0x50200000;

}  // namespace tinyfog::board
