#include "backoff.h"

#include <gtest/gtest.h>

#include <map>

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

TEST(BackoffTest, ClientsThatLostTheSameBrokerDoNotComeBackTogether) {
  // On a virtual clock: the broker is away for 10 s, every client tries until it is back.
  constexpr std::int64_t kBackMs = 10'000;
  constexpr std::int64_t kMaxMs = 15'000;
  constexpr std::int64_t kBucketMs = 500;
  constexpr std::uint64_t kClients = 1000;
  std::map<std::int64_t, std::uint64_t> arrivals;
  for (std::uint64_t seed = 1; seed <= kClients; ++seed) {
    Backoff backoff(milliseconds(200), milliseconds(kMaxMs), seed);
    std::int64_t now = 0;
    while (now < kBackMs) now += backoff.Next().count();
    EXPECT_LE(now, kBackMs + kMaxMs) << "seed " << seed;
    ++arrivals[now / kBucketMs];
  }
  for (const auto& [bucket, count] : arrivals) {
    EXPECT_LT(count, kClients / 8) << "at " << bucket * kBucketMs << " ms";
  }
}

TEST(BackoffTest, DifferentSeedsDiffer) {
  Backoff a(milliseconds(1000), milliseconds(60'000), 1);
  Backoff b(milliseconds(1000), milliseconds(60'000), 2);
  EXPECT_NE(a.Next(), b.Next());
}

}  // namespace
}  // namespace tinyfog::mqtt
