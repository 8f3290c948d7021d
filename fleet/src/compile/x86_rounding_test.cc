#include "x86_rounding.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tinyfog::compile {
namespace {

std::int32_t Clamp(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, -128, 127));
}

// How many sums the lines get wrong.
int Errors(const Requantisation& f, const Lines& lines) {
  int errors = 0;
  for (std::int64_t sum = f.low; sum <= f.high; ++sum) {
    const std::int32_t exact =
        Clamp(std::int64_t{nn::Rescale(static_cast<std::int32_t>(sum), f.scale)} + f.zero_point);
    const float offset = sum < 0 ? lines.below : lines.above;
    const auto line = std::llrint(std::fmaf(static_cast<float>(sum), lines.slope, offset));
    errors += Clamp(line) != exact ? 1 : 0;
  }
  return errors;
}

TEST(X86Rounding, ProvedLinesAreExactForEverySum) {
  constexpr std::uint32_t kSeed = 5;
  std::mt19937 random(kSeed);
  int proved = 0;
  int two_lines = 0;
  constexpr int kCases = 300;
  for (int i = 0; i < kCases; ++i) {
    Requantisation f;
    f.scale.multiplier = static_cast<std::int32_t>((1u << 30) + random() % (1u << 30));
    f.scale.shift = -static_cast<std::int32_t>(random() % 13);
    f.zero_point = i % 2 == 0 ? -128 : static_cast<std::int32_t>(random() % 256) - 128;
    f.low = -static_cast<std::int64_t>(random() % 60000);
    f.high = static_cast<std::int64_t>(random() % 60000);
    const auto lines = ProveLines(f);
    if (!lines) continue;
    ++proved;
    two_lines += lines->above != lines->below ? 1 : 0;
    ASSERT_EQ(Errors(f, *lines), 0) << "seed " << kSeed << " case " << i;
  }
  EXPECT_GT(proved, kCases * 9 / 10);
  EXPECT_GT(two_lines, 10);
}

TEST(X86Rounding, ALineThatIsSlightlyOffIsWrongSomewhere) {
  const Requantisation f = {{1518500250, -6}, 3, -20000, 20000};
  const auto lines = ProveLines(f);
  ASSERT_TRUE(lines);
  EXPECT_EQ(Errors(f, *lines), 0);
  EXPECT_GT(Errors(f, {lines->slope * 1.001f, lines->above, lines->below}), 0);
  EXPECT_GT(Errors(f, {lines->slope, lines->above + 0.02f, lines->below + 0.02f}), 0);
}

TEST(X86Rounding, ConstantSumsHaveALine) {
  for (const std::int64_t sum : {-1000000, -3, 0, 9, 1000000}) {
    const Requantisation f = {{1 << 30, -4}, 0, sum, sum};
    const auto lines = ProveLines(f);
    ASSERT_TRUE(lines) << sum;
    EXPECT_EQ(Errors(f, *lines), 0) << sum;
  }
}

TEST(X86Rounding, APlaneIsFoundForASumAndRefusedForAnotherFunction) {
  const auto sum = [](std::int32_t a, std::int32_t b) { return (a + b) / 2; };
  EXPECT_FALSE(ProvePlane([](std::int32_t a, std::int32_t b) { return a * b; }, 1, 1, 0));
  const auto near = [](std::int32_t a, std::int32_t b) {
    return static_cast<std::int32_t>(std::floor(0.7 * a + 0.31 * b + 4.6503));
  };
  const auto plane = ProvePlane(near, 0.7, 0.31, 4.1503);
  ASSERT_TRUE(plane);
  EXPECT_FALSE(ProvePlane(sum, 0.5, 0.6, 0));
}

}  // namespace
}  // namespace tinyfog::compile
