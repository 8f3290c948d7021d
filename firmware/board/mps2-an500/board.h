#pragma once

#include <cstdint>

namespace tinyfog::board {

/// Source: Arm application note 500, memory map and interrupts.
inline constexpr std::uintptr_t kUart0 = 0x40004000;
inline constexpr std::uintptr_t kFpgaIo = 0x40028000;
inline constexpr std::uintptr_t kWatchdog = 0x40008000;
inline constexpr std::uintptr_t kEthernet = 0xA0000000;
inline constexpr std::uint32_t kEthernetInterrupt = 13;
/// Where the processor starts: the bootloader's.
inline constexpr std::uintptr_t kRom = 0;
inline constexpr std::uint32_t kRomBytes = 4 << 20;
inline constexpr std::uintptr_t kRam = 0x20000000;
inline constexpr std::uint32_t kRamBytes = 4 << 20;
/// External memory that QEMU can keep in a file, as flash.
inline constexpr std::uintptr_t kFlash = 0x60000000;
/// Of the processor, and of the counter in FPGAIO before its prescaler.
inline constexpr std::uint32_t kClockHz = 25000000;
inline constexpr std::uint32_t kWatchdogHz = kClockHz;
/// What images for this board carry.
inline constexpr const char* kHardwareId = "mps2-an500";
/// What models are compiled for, as tinyfog-compile names it.
inline constexpr const char* kTarget = "cortex-m7";
/// Memory that the node image's models compute in.
inline constexpr std::uint32_t kArenaBytes = 256 << 10;

}  // namespace tinyfog::board
