#include "backoff.h"

#include <gtest/gtest.h>

namespace tinyfog::mqtt {
namespace {

using std::chrono::milliseconds;

TEST(BackoffTest, GrowsToTheMaximumWithFullJitter) {
  constexpr std::uint64_t kSeed = 7;
  Backoff backoff(milliseconds(100), milliseconds(1000), kSeed);
  milliseconds largest{0};
  for (int i = 0; i < 3; ++i) {
    const auto wait = backoff.Next();
    EXPECT_LE(wait, milliseconds(100 << i)) << "seed " << kSeed;
    EXPECT_GE(wait, milliseconds(0));
  }
  for (int i = 0; i < 200; ++i) largest = std::max(largest, backoff.Next());
  EXPECT_LE(largest, milliseconds(1000));
  EXPECT_GT(largest, milliseconds(900)) << "seed " << kSeed;
  backoff.Reset();
  EXPECT_LE(backoff.Next(), milliseconds(100));
}

TEST(BackoffTest, DifferentSeedsDiffer) {
  Backoff a(milliseconds(1000), milliseconds(60'000), 1);
  Backoff b(milliseconds(1000), milliseconds(60'000), 2);
  EXPECT_NE(a.Next(), b.Next());
}

}  // namespace
}  // namespace tinyfog::mqtt
