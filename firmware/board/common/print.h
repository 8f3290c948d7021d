#pragma once

#include <concepts>
#include <cstdint>

/// Text on UART 0.
namespace tinyfog::board {

/// A number as eight hexadecimal digits.
struct Hex {
  std::uint32_t value;
};

void PrintOne(const char* text);
void PrintOne(Hex number);
void PrintOne(std::uint32_t number);
void PrintOne(std::int32_t number);

/// Print("case ", 3, " crc ", Hex{crc}, "\n");
template <class... T>
void Print(T... parts) {
  const auto widen = [](auto part) {
    if constexpr (std::signed_integral<decltype(part)>) {
      return static_cast<std::int32_t>(part);
    } else if constexpr (std::unsigned_integral<decltype(part)>) {
      return static_cast<std::uint32_t>(part);
    } else {
      return part;
    }
  };
  (..., PrintOne(widen(parts)));
}

}  // namespace tinyfog::board
