#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 500, memory map.
inline constexpr std::uintptr_t kUart0 = 0x40004000;

}  // namespace tinyfog::board
