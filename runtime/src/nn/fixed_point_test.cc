#include "tinyfog/nn/fixed_point.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tinyfog/nn/exponential.h"

namespace tinyfog::nn {
namespace {

TEST(FixedPoint, HighMulRoundsAndSaturates) {
  EXPECT_EQ(DoublingHighMul(INT32_MIN, INT32_MIN), INT32_MAX);
  EXPECT_EQ(DoublingHighMul(INT32_MIN, INT32_MAX), -INT32_MAX);
  EXPECT_EQ(DoublingHighMul(1, 1 << 30), 1);    // one half, up
  EXPECT_EQ(DoublingHighMul(-1, 1 << 30), 0);   // minus one half, towards zero
  EXPECT_EQ(DoublingHighMul(-3, 1 << 30), -1);  // -1.5: towards plus infinity
}

TEST(FixedPoint, DivisionRoundsHalvesAwayFromZero) {
  EXPECT_EQ(DivideByPowerOfTwo(3, 1), 2);
  EXPECT_EQ(DivideByPowerOfTwo(-3, 1), -2);
  EXPECT_EQ(DivideByPowerOfTwo(-1, 1), -1);
  EXPECT_EQ(DivideByPowerOfTwo(5, 0), 5);
  EXPECT_EQ(DivideByPowerOfTwo(INT32_MIN, 31), -1);
}

TEST(FixedPoint, RescaleRoundsTwice) {
  // 0.5 * 2^-1 of 1: the high multiplication gives 1 (from 0.5), then 1/2 rounds to 1.
  EXPECT_EQ(Rescale(1, 1 << 30, -1), 1);
  EXPECT_EQ(Rescale(100, 1 << 30, 1), 100);
}

TEST(FixedPoint, Rescale64ReducesTheMultiplier) {
  EXPECT_EQ(Rescale64(std::int64_t{1} << 32, 1 << 30, -4), 1 << 27);
  EXPECT_EQ(Rescale64(3, 0x7FFFFFFF, 0), 3);
}

TEST(Exponential, IsCloseToTheRealFunction) {
  for (std::int32_t a = -(1 << 29); a <= 0; a += 99991) {
    const double real = std::exp(a / double(1 << 26));
    EXPECT_NEAR(ExpOfNegativeQ5(a) / 2147483648.0, real, 5e-7);
  }
}

TEST(Exponential, ReciprocalIsCloseToTheRealFunction) {
  for (std::int32_t sum = 1 << 19; sum > 0 && sum < (1 << 30); sum += 1234567) {
    const Reciprocal r = ReciprocalOfQ12(sum);
    const double value = r.scale / 2147483648.0 * std::ldexp(1.0, -r.bits);
    EXPECT_NEAR(value * (sum / double(1 << 19)), 1.0, 1e-8);
  }
}

}  // namespace
}  // namespace tinyfog::nn
