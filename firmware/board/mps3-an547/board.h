#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 547, memory map (secure alias).
inline constexpr std::uintptr_t kUart0 = 0x59303000;

}  // namespace tinyfog::board
