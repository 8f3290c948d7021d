#include <cstdint>

#include "fault.h"
#include "print.h"
#include "program.h"
#include "semihosting.h"

// From the linker script.
extern "C" {
extern std::uint32_t _stack_top, _stack_bottom, _stack_limit, _data_load, _data_start, _data_end,
    _bss_start, _bss_end;
extern void (*__init_array_start[])();
extern void (*__init_array_end[])();
}

namespace {

constexpr std::uint32_t kStackPaint = 0xA5C3A5C3;

// Registers of the system control block. Source: Armv7-M Architecture Reference Manual, B3.2.
volatile std::uint32_t& Register(std::uintptr_t address) {
  return *reinterpret_cast<volatile std::uint32_t*>(address);
}
constexpr std::uintptr_t kVectorTable = 0xE000ED08;
constexpr std::uintptr_t kFaultStatus = 0xE000ED28;
constexpr std::uintptr_t kFaultAddress = 0xE000ED38;
constexpr std::uintptr_t kCoprocessorAccess = 0xE000ED88;

}  // namespace

extern "C" {
extern void* const vectors[16];

// A fault may be the stack's own: it is handled on another.
alignas(8) std::uint32_t fault_stack[128];

// The frame is what the processor stacked: r0-r3, r12, lr, pc, xpsr.
[[noreturn, gnu::used]] void ReportFault(const std::uint32_t* frame) {
  constexpr std::uint32_t kNotStacked = 1u << 4 | 1u << 12 | 1u << 20;
  tinyfog::board::Fault fault = {};
  asm volatile("mrs %0, ipsr" : "=r"(fault.exception));
  fault.status = Register(kFaultStatus);
  fault.address = Register(kFaultAddress);
  if ((fault.status & kNotStacked) == 0 && frame >= &_stack_limit && frame + 8 <= &_stack_top) {
    fault.pc = frame[6];
    fault.lr = frame[5];
  }
  tinyfog::board::OnFault(fault);
}

[[gnu::naked]] void Fault() {
  asm volatile(
      "mrs r0, msp\n"
#if __ARM_ARCH >= 8
      "movs r1, #0\n"
      "msr msplim, r1\n"
#endif
      "ldr r1, =fault_stack + 512\n"
      "msr msp, r1\n"
      "b ReportFault");
}

[[noreturn]] void Reset() {
  Register(kVectorTable) = reinterpret_cast<std::uint32_t>(vectors);
  Register(kCoprocessorAccess) |= 0xF << 20;  // floating point and, where there is one, Helium
  asm volatile("dsb\n isb");
  const std::uint32_t* load = &_data_load;
  for (std::uint32_t* d = &_data_start; d < &_data_end;) *d++ = *load++;
  for (volatile std::uint32_t* d = &_bss_start; d < &_bss_end; ++d) *d = 0;
  for (auto initialise = __init_array_start; initialise < __init_array_end; ++initialise) {
    (*initialise)();
  }
  tinyfog::board::Exit(tinyfog::board::Main());
}

[[gnu::section(".vectors"), gnu::used]] void* const vectors[16] = {
    &_stack_top,
    reinterpret_cast<void*>(Reset),
    reinterpret_cast<void*>(Fault),  // NMI
    reinterpret_cast<void*>(Fault),  // hard fault
    reinterpret_cast<void*>(Fault),  // memory management
    reinterpret_cast<void*>(Fault),  // bus
    reinterpret_cast<void*>(Fault),  // usage
    reinterpret_cast<void*>(Fault),  // secure
    nullptr,
    nullptr,
    nullptr,
    reinterpret_cast<void*>(Fault),  // supervisor call
    reinterpret_cast<void*>(Fault),  // debug monitor
    nullptr,
    reinterpret_cast<void*>(Fault),  // pendable service
    reinterpret_cast<void*>(Fault),  // system tick
};
}

namespace tinyfog::board {

void PrintFault(const Fault& fault) {
  Print("fault: exception ", fault.exception, " pc ", Hex{fault.pc}, " lr ", Hex{fault.lr},
        " cfsr ", Hex{fault.status}, " address ", Hex{fault.address}, "\n");
}

void PaintStack() {
  std::uint32_t* here = static_cast<std::uint32_t*>(__builtin_frame_address(0)) - 16;
  for (volatile std::uint32_t* word = &_stack_bottom; word < here; ++word) {
    *word = kStackPaint;
  }
}

std::uint32_t StackFreeBytes() {
  const std::uint32_t* word = &_stack_bottom;
  while (word < &_stack_top && *word == kStackPaint) ++word;
  return static_cast<std::uint32_t>(word - &_stack_bottom) * 4;
}

std::uint32_t StackBytes() {
  return static_cast<std::uint32_t>(&_stack_top - &_stack_bottom) * 4 - StackFreeBytes();
}

}  // namespace tinyfog::board
