#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 505, memory map and interrupts (secure alias).
inline constexpr std::uintptr_t kUart0 = 0x50200000;
inline constexpr std::uintptr_t kFpgaIo = 0x50302000;
inline constexpr std::uintptr_t kEthernet = 0x52000000;
inline constexpr std::uint32_t kEthernetInterrupt = 48;
/// External memory that QEMU can keep in a file, as flash.
inline constexpr std::uintptr_t kFlash = 0x80000000;
/// Of the processor, and of the counter in FPGAIO before its prescaler.
inline constexpr std::uint32_t kClockHz = 20000000;

}  // namespace tinyfog::board
