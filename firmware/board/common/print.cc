#include "print.h"

#include "board.h"

namespace tinyfog::board {
namespace {

// Source: Arm Cortex-M System Design Kit, "APB UART".
struct Uart {
  std::uint32_t data;
  std::uint32_t state;    // bit 0: the transmit buffer is full
  std::uint32_t control;  // bit 0: transmitter on
  std::uint32_t interrupt;
  std::uint32_t divider;  // at least 16
};

void Put(char c) {
  auto* uart = reinterpret_cast<volatile Uart*>(kUart0);
  uart->divider = 16;
  uart->control = 1;
  while ((uart->state & 1) != 0) {
  }
  uart->data = static_cast<std::uint8_t>(c);
}

}  // namespace

void PrintOne(const char* text) {
  while (*text != '\0') Put(*text++);
}

void PrintOne(Hex number) {
  for (int shift = 28; shift >= 0; shift -= 4) {
    Put("0123456789abcdef"[(number.value >> shift) & 15]);
  }
}

void PrintOne(std::uint32_t number) {
  if (number >= 10) PrintOne(number / 10);
  Put(static_cast<char>('0' + number % 10));
}

void PrintOne(std::int32_t number) {
  if (number < 0) Put('-');
  const std::uint32_t bits = static_cast<std::uint32_t>(number);
  PrintOne(number < 0 ? 0 - bits : bits);
}

}  // namespace tinyfog::board
