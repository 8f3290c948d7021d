#pragma once

#include "tinyfog/nn/exponential.h"

namespace tinyfog::nn {

/// log(x) in Q5 for x in Q12, x >= 1: bit for bit as TFLite's
/// log_x_for_x_greater_than_or_equal_to_1 (a quotient of polynomials round 2^(-1/4)).
constexpr std::int32_t LogOfQ12(std::int32_t x) {
  constexpr std::int32_t kLog2 = 1488522236;  // Q0
  constexpr std::int32_t kFourthRootHalf = 1805811301;
  constexpr std::int32_t kRootHalf = 1518500250;
  constexpr std::int32_t kAlphaN = 117049297;
  constexpr std::int32_t kAlphaD = 127690142;
  constexpr std::int32_t kAlphaI = 1057819769;
  constexpr std::int32_t kAlphaF = 638450708;
  constexpr std::int32_t kQuarter = 1 << 23;  // Q6, as the sums below
  const int headroom_a = std::countl_zero(static_cast<std::uint32_t>(x));
  const std::int32_t normal_a =
      SaturatingShiftLeft(x, static_cast<unsigned>(headroom_a > 0 ? headroom_a - 1 : 0));
  const std::int32_t r_a = SaturatingShiftLeft(DoublingHighMul(normal_a, kRootHalf), 1);
  const std::int32_t power_a = WrapAdd(WrapMul(12 - headroom_a, 1 << 25), kQuarter);
  const std::int32_t z_b = DoublingHighMul(x, kRootHalf);
  const int headroom_b = std::countl_zero(static_cast<std::uint32_t>(z_b)) - 1;
  const std::int32_t r_b = SaturatingShiftLeft(x, static_cast<unsigned>(headroom_b & 31));
  const std::int32_t power_b = WrapSub(WrapMul(12 - headroom_b, 1 << 25), kQuarter);
  const std::int32_t r = r_a < r_b ? r_a : r_b;
  const std::int32_t power = power_a > power_b ? power_a : power_b;

  const std::int64_t sum = std::int64_t{r} + kFourthRootHalf;
  const std::int32_t p = static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  const std::int32_t half_q = WrapSub(r, kFourthRootHalf);
  const std::int32_t q = WrapAdd(half_q, half_q);
  const std::int32_t square = DoublingHighMul(q, q);
  const std::int32_t numerator =
      WrapAdd(DoublingHighMul(q, r), DoublingHighMul(DoublingHighMul(q, square), kAlphaN));
  const std::int32_t inner = WrapAdd(WrapAdd(kAlphaI, q), DoublingHighMul(kAlphaD, square));
  const std::int32_t denominator = WrapAdd(DoublingHighMul(p, inner), DoublingHighMul(kAlphaF, q));
  const std::int32_t quotient =
      DoublingHighMul(DivideByPowerOfTwo(numerator, 6), OneOverOnePlus(denominator));
  return SaturatingShiftLeft(WrapAdd(DoublingHighMul(power, kLog2), quotient), 1);
}

}  // namespace tinyfog::nn
