#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 547, memory map and interrupts (secure alias).
inline constexpr std::uintptr_t kUart0 = 0x59303000;
inline constexpr std::uintptr_t kFpgaIo = 0x59302000;
inline constexpr std::uintptr_t kWatchdog = 0x5802E000;
inline constexpr std::uintptr_t kEthernet = 0x51400000;
inline constexpr std::uint32_t kEthernetInterrupt = 49;
/// Where the processor starts: the bootloader's.
inline constexpr std::uintptr_t kRom = 0x10000000;
inline constexpr std::uint32_t kRomBytes = 512 << 10;
inline constexpr std::uintptr_t kRam = 0x30000000;
inline constexpr std::uint32_t kRamBytes = 512 << 10;
/// External memory that QEMU can keep in a file, as flash.
inline constexpr std::uintptr_t kFlash = 0x60000000;
/// Of the processor, and of the counter in FPGAIO before its prescaler.
inline constexpr std::uint32_t kClockHz = 32000000;
inline constexpr std::uint32_t kWatchdogHz = 32000;
/// What images for this board carry.
inline constexpr const char* kHardwareId = "mps3-an547";
/// What models are compiled for, as tinyfog-compile names it.
inline constexpr const char* kTarget = "cortex-m55";
/// Memory that the node image's models compute in.
inline constexpr std::uint32_t kArenaBytes = 128 << 10;

}  // namespace tinyfog::board
