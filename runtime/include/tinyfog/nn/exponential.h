#pragma once

#include <bit>
#include <cstdint>

#include "tinyfog/nn/fixed_point.h"

/// Fixed-point exponential and reciprocal, bit for bit as gemmlowp's fixedpoint.h computes them. Qn
/// is a 32-bit number with n integer bits.
namespace tinyfog::nn {

/// a << bits, saturated.
constexpr std::int32_t SaturatingShiftLeft(std::int32_t a, unsigned bits) {
  const std::int32_t limit = static_cast<std::int32_t>((std::uint32_t{1} << (31 - bits)) - 1);
  if (a > limit) return INT32_MAX;
  if (a < -limit) return INT32_MIN;
  return ShiftLeft(a, bits);
}

/// exp(a) in Q0 for a Q0 in [-1/4, 0).
constexpr std::int32_t ExpOfQuarter(std::int32_t a) {
  constexpr std::int32_t kExpOfMinusEighth = 1895147668;
  constexpr std::int32_t kThird = 715827883;
  const std::int32_t x = WrapAdd(a, 1 << 28);  // Taylor series around -1/8
  const std::int32_t x2 = DoublingHighMul(x, x);
  const std::int32_t x3 = DoublingHighMul(x2, x);
  const std::int32_t x4 = DoublingHighMul(x2, x2);
  const std::int32_t cubic = DoublingHighMul(WrapAdd(DivideByPowerOfTwo(x4, 2), x3), kThird);
  const std::int32_t tail = DivideByPowerOfTwo(WrapAdd(cubic, x2), 1);
  return WrapAdd(kExpOfMinusEighth, DoublingHighMul(kExpOfMinusEighth, WrapAdd(x, tail)));
}

/// exp(a) in Q0 for a Q5 <= 0.
constexpr std::int32_t ExpOfNegativeQ5(std::int32_t a) {
  constexpr std::int32_t kQuarter = 1 << 24;
  constexpr std::int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308,
                                       39332535,   720401,     242};
  if (a == 0) return INT32_MAX;
  const std::int32_t fraction = (a & (kQuarter - 1)) - kQuarter;
  const std::int32_t remainder = WrapSub(fraction, a);
  std::int32_t result = ExpOfQuarter(SaturatingShiftLeft(fraction, 5));
  for (unsigned i = 0; i < 7; ++i) {
    if (remainder & (kQuarter << i)) result = DoublingHighMul(result, kFactors[i]);
  }
  return result;
}

/// 1 / (1 + a) in Q0 for a Q0 in [0, 1].
constexpr std::int32_t OneOverOnePlus(std::int32_t a) {
  constexpr std::int32_t k48Over17 = 1515870810;  // Q2
  constexpr std::int32_t kMinus32Over17 = -1010580540;
  const std::int64_t sum = std::int64_t{a} + INT32_MAX;
  const std::int32_t half = static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  std::int32_t x = WrapAdd(k48Over17, DoublingHighMul(half, kMinus32Over17));
  for (int i = 0; i < 3; ++i) {
    const std::int32_t error = WrapSub(1 << 29, DoublingHighMul(half, x));
    x = WrapAdd(x, SaturatingShiftLeft(DoublingHighMul(x, error), 2));
  }
  return SaturatingShiftLeft(x, 1);
}

/// 1 / sum for a Q12 sum, as scale * 2^-bits with a Q0 scale.
struct Reciprocal {
  std::int32_t scale;
  std::int32_t bits;
};
constexpr Reciprocal ReciprocalOfQ12(std::int32_t sum) {
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(sum));
  const std::uint32_t shifted = headroom > 31 ? 0 : static_cast<std::uint32_t>(sum) << headroom;
  const std::int32_t minus_one = static_cast<std::int32_t>(shifted - 0x80000000u);
  return {OneOverOnePlus(minus_one), 12 - headroom};
}

}  // namespace tinyfog::nn
