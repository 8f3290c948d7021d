#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 505, memory map and interrupts (secure alias).
inline constexpr std::uintptr_t kUart0 = 0x50200000;
inline constexpr std::uintptr_t kFpgaIo = 0x50302000;
inline constexpr std::uintptr_t kWatchdog = 0x50081000;
inline constexpr std::uintptr_t kEthernet = 0x52000000;
inline constexpr std::uint32_t kEthernetInterrupt = 48;
/// Where the processor starts: the bootloader's.
inline constexpr std::uintptr_t kRom = 0x10000000;
inline constexpr std::uint32_t kRomBytes = 4 << 20;
inline constexpr std::uintptr_t kRam = 0x38000000;
inline constexpr std::uint32_t kRamBytes = 4 << 20;
/// External memory that QEMU can keep in a file, as flash.
inline constexpr std::uintptr_t kFlash = 0x80000000;
/// Of the processor, and of the counter in FPGAIO before its prescaler.
inline constexpr std::uint32_t kClockHz = 20000000;
inline constexpr std::uint32_t kWatchdogHz = kClockHz;
/// What images for this board carry.
inline constexpr const char* kHardwareId = "mps2-an505";
/// What models are compiled for, as tinyfog-compile names it.
inline constexpr const char* kTarget = "cortex-m33";
/// Memory that the node image's models compute in.
inline constexpr std::uint32_t kArenaBytes = 64 << 10;

}  // namespace tinyfog::board
