#pragma once

#include <cstdint>
#include <type_traits>

/// Integer arithmetic of TFLite's reference kernels. Every function is defined for all inputs:
/// where the reference would overflow, these wrap. Source: gemmlowp fixedpoint.h and TFLite
/// kernels/internal/common.h, double rounding.
namespace tinyfog::nn {

constexpr std::int32_t WrapAdd(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}
constexpr std::int32_t WrapSub(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}
constexpr std::int32_t WrapMul(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}
constexpr std::int32_t ShiftLeft(std::int32_t a, unsigned shift) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) << (shift & 31));
}

/// The limits take the value's type.
template <class T>
constexpr T ClampTo(T value, std::type_identity_t<T> lowest, std::type_identity_t<T> highest) {
  return value < lowest ? lowest : value > highest ? highest : value;
}

/// (a * b * 2) >> 32, rounded to nearest with ties away from zero; saturates for a = b = -2^31.
constexpr std::int32_t DoublingHighMul(std::int32_t a, std::int32_t b) {
  if (a == b && a == INT32_MIN) return INT32_MAX;
  const std::int64_t product = std::int64_t{a} * b;
  const std::int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
  return static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
}

/// a / 2^exponent, rounded to nearest with ties away from zero. Exponent 0 to 31.
constexpr std::int32_t DivideByPowerOfTwo(std::int32_t a, unsigned exponent) {
  const std::uint32_t mask = (1u << (exponent & 31)) - 1;
  const std::uint32_t remainder = static_cast<std::uint32_t>(a) & mask;
  const std::uint32_t threshold = (mask >> 1) + (a < 0 ? 1 : 0);
  return (a >> (exponent & 31)) + (remainder > threshold ? 1 : 0);
}

/// A positive real number as multiplier * 2^(shift - 31), as TFLite's QuantizeMultiplier makes it.
/// shift is -31 to 30.
struct Scale {
  std::int32_t multiplier;
  std::int32_t shift;
  bool operator==(const Scale&) const = default;
};

/// a * scale with two roundings.
constexpr std::int32_t Rescale(std::int32_t a, std::int32_t multiplier, std::int32_t shift) {
  const unsigned left = shift > 0 ? static_cast<unsigned>(shift) : 0;
  const unsigned right = shift > 0 ? 0 : 0u - static_cast<unsigned>(shift);
  return DivideByPowerOfTwo(DoublingHighMul(ShiftLeft(a, left), multiplier), right);
}
constexpr std::int32_t Rescale(std::int32_t a, Scale scale) {
  return Rescale(a, scale.multiplier, scale.shift);
}

/// a * scale for 48-bit accumulators: the multiplier is reduced to 16 bits, one half-up rounding.
constexpr std::int32_t Rescale64(std::int64_t a, std::int32_t multiplier, std::int32_t shift) {
  const std::int32_t reduced =
      multiplier < 0x7FFF0000 ? (WrapAdd(multiplier, 1 << 15) >> 16) : 0x7FFF;
  const unsigned total = static_cast<unsigned>(15 - shift) & 63;
  const std::uint64_t product =
      static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(std::int64_t{reduced});
  const std::uint64_t rounding = total == 0 ? 0 : std::uint64_t{1} << (total - 1);
  return static_cast<std::int32_t>(static_cast<std::int64_t>(product + rounding) >> total);
}

}  // namespace tinyfog::nn
