#pragma once

#include <cstdint>

/// Logistic function and tanh of int16 by interpolation in a table of 256 values of
/// 65536 * sigmoid(i / 24). Source: TFLite reference/integer_ops/logistic.h and tanh.h.
namespace tinyfog::nn::portable {

/// The table's value at `position`, which has `bits` fractional bits, scaled by 2^bits.
inline std::uint32_t Interpolate(const std::uint16_t* table, std::uint32_t position, unsigned bits,
                                 std::uint32_t beyond) {
  const std::uint32_t index = position >> bits;
  if (index >= 255) return beyond;
  const std::uint32_t low = table[index];
  const std::uint32_t high = table[index + 1];
  return (low << bits) + (position & ((1u << bits) - 1)) * (high - low);
}

inline std::int16_t Logistic16(const std::uint16_t* table, std::int32_t x) {
  const std::uint32_t position = x < 0 ? 0u - static_cast<std::uint32_t>(x) : x;
  std::uint32_t y = Interpolate(table, position, 9, 0x7FFFu << 10);
  y = x >= 0 ? y + (1 << 9) : (1u << 25) - y + (1 << 9) - 1;
  return static_cast<std::int16_t>(y >> 10);
}

inline std::int16_t Tanh16(const std::uint16_t* table, std::int32_t x) {
  const std::uint32_t position = x < 0 ? 0u - static_cast<std::uint32_t>(x) : x;
  const std::int32_t y = static_cast<std::int32_t>(Interpolate(table, position, 8, 0xFFFFu << 8));
  const std::int32_t centred = x >= 0 ? y - (1 << 23) + (1 << 7) : -y + (1 << 23) + (1 << 7) - 1;
  return static_cast<std::int16_t>(centred >> 8);
}

}  // namespace tinyfog::nn::portable
