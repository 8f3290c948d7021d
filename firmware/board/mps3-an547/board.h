#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 547, memory map and interrupts (secure alias).
inline constexpr std::uintptr_t kUart0 = 0x59303000;
inline constexpr std::uintptr_t kFpgaIo = 0x59302000;
inline constexpr std::uintptr_t kEthernet = 0x51400000;
inline constexpr std::uint32_t kEthernetInterrupt = 49;
/// External memory that QEMU can keep in a file, as flash.
inline constexpr std::uintptr_t kFlash = 0x60000000;
/// Of the processor, and of the counter in FPGAIO before its prescaler.
inline constexpr std::uint32_t kClockHz = 32000000;

}  // namespace tinyfog::board
