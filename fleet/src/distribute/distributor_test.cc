#include "tinyfog/distribute/distributor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace tinyfog::distribute {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kBytes = 4096;

class DistributorTest : public testing::Test {
 protected:
  DistributorTest() { distributor_.Connected(now_); }

  static Digest DigestOf(std::uint8_t n) {
    Digest digest{};
    digest[0] = n;
    return digest;
  }
  static std::vector<std::uint8_t> Bits(std::uint32_t chunks, const std::vector<int>& missing) {
    std::vector<std::uint8_t> bits((chunks + 7) / 8);
    for (const int i : missing) bits[static_cast<std::size_t>(i) / 8] |= 1u << (i % 8);
    return bits;
  }
  static std::vector<int> Every(int chunks) {
    std::vector<int> all(static_cast<std::size_t>(chunks));
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  void Wants(const std::string& node, std::uint32_t chunks, const std::vector<int>& missing,
             std::uint8_t digest = 1) {
    distributor_.Report(now_, node, DigestOf(digest), chunks, Bits(chunks, missing));
  }
  /// Publishes and acknowledges all that is due until `until`; the chunks in order.
  std::vector<int> Run(Time until) {
    std::vector<int> chunks;
    while (now_ <= until) {
      while (auto next = distributor_.Next(now_)) {
        distributor_.Sent(now_, next->ticket, kBytes);
        distributor_.Acknowledged(now_, next->ticket);
        chunks.push_back(next->kind == Publication::Kind::kDesired
                             ? -1
                             : static_cast<int>(next->chunk + 100u * next->digest[0]) - 100);
      }
      now_ += milliseconds(10);
    }
    return chunks;
  }

  Options options_{.gather = milliseconds(500)};
  Time now_{seconds(100)};
  Distributor distributor_{options_};
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(DistributorTest, WantsOfSeveralNodesAreServedOnce) {
  Wants("a", 4, {0, 1, 2, 3});
  Wants("b", 4, {1, 2});
  EXPECT_EQ(distributor_.Next(now_), std::nullopt);  // gathers
  Wants("c", 4, {0, 3});
  EXPECT_THAT(Run(now_ + seconds(3)), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(distributor_.stats().repairs, 0u);
}

TEST_F(DistributorTest, ALateNodeJoinsThePassAndGetsTheRestInOneMore) {
  Wants("a", 200, Every(200));
  (void)Run(now_ + milliseconds(1000));
  const auto sent = distributor_.stats().chunks;
  ASSERT_GT(sent, 20u);
  ASSERT_LT(sent, 190u);
  Wants("b", 200, Every(200));
  (void)Run(now_ + seconds(3));
  EXPECT_EQ(distributor_.stats().chunks - distributor_.stats().repairs, 200u);
}

TEST_F(DistributorTest, WhatMayBeOnItsWayIsNotSentAgain) {
  Wants("a", 3, {0, 1, 2});
  (void)Run(now_ + milliseconds(600));
  Wants("a", 3, {0, 1, 2});  // written before the chunks came
  EXPECT_THAT(Run(now_ + seconds(10)), IsEmpty());
}

TEST_F(DistributorTest, LostIsWhatALaterChunkOvertook) {
  Wants("a", 4, {0, 1, 2, 3});
  (void)Run(now_ + seconds(4));
  Wants("a", 4, {1, 3});  // 3 may still come
  EXPECT_THAT(Run(now_ + seconds(4)), ElementsAre(1));
  Wants("a", 4, {3});  // 1 came after it
  EXPECT_THAT(Run(now_ + seconds(4)), ElementsAre(3));
  EXPECT_EQ(distributor_.stats().repairs, 2u);
}

TEST_F(DistributorTest, LostIsWhatDoesNotComeBetweenTwoReports) {
  Wants("a", 2, {0, 1});
  (void)Run(now_ + seconds(4));
  Wants("a", 2, {1});
  EXPECT_THAT(Run(now_ + seconds(4)), IsEmpty());
  Wants("a", 2, {1});
  EXPECT_THAT(Run(now_ + seconds(4)), ElementsAre(1));
}

TEST_F(DistributorTest, WhoHasLeftIsNotServed) {
  Wants("a", 100, Every(100));
  distributor_.Leave("a");
  EXPECT_THAT(Run(now_ + seconds(3)), IsEmpty());
  EXPECT_EQ(distributor_.stats().transfers, 0u);
  EXPECT_EQ(distributor_.Wake(), std::nullopt);
}

TEST_F(DistributorTest, WhoLeavesInTheMiddleOfAPassGetsNoMore) {
  Wants("a", 100, Every(100));
  Wants("b", 100, {0, 99});
  (void)Run(now_ + milliseconds(600));
  const auto sent = distributor_.stats().chunks;
  ASSERT_GT(sent, 2u);
  distributor_.Leave("a");
  EXPECT_THAT(Run(now_ + seconds(3)), ElementsAre(99));
}

TEST_F(DistributorTest, NewsOfAnotherArtifactEndsNothing) {
  Wants("a", 1, {0}, 2);
  distributor_.Leave("a", DigestOf(1));
  EXPECT_THAT(Run(now_ + seconds(3)), ElementsAre(100));
  distributor_.Leave("a", DigestOf(2));
  EXPECT_EQ(distributor_.stats().transfers, 0u);
}

TEST_F(DistributorTest, ArtifactsTakeTurns) {
  Wants("a", 3, {0, 1, 2}, 1);
  Wants("b", 3, {0, 1, 2}, 2);
  EXPECT_THAT(Run(now_ + seconds(3)), ElementsAre(0, 100, 1, 101, 2, 102));
}

TEST_F(DistributorTest, TheWindowHoldsUntilTheBrokerAcknowledges) {
  Wants("a", 100, Every(100));
  now_ += seconds(1);
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 200; ++i, now_ += milliseconds(10)) {
    if (const auto next = distributor_.Next(now_)) {
      distributor_.Sent(now_, next->ticket, kBytes);
      tickets.push_back(next->ticket);
    }
  }
  EXPECT_EQ(tickets.size(), options_.window_chunks);
  EXPECT_EQ(distributor_.Wake(), std::nullopt);
  distributor_.Acknowledged(now_, tickets[3]);
  EXPECT_TRUE(distributor_.Next(now_).has_value());
}

TEST_F(DistributorTest, TheRateIsKept) {
  Wants("a", 1000, Every(1000));
  const Time start = now_;
  const auto sent = Run(start + seconds(5));
  const double bytes = static_cast<double>(sent.size()) * kBytes;
  EXPECT_LT(bytes, options_.bytes_per_second * 4.7);
  EXPECT_GT(bytes, options_.bytes_per_second * 4.2);
}

TEST_F(DistributorTest, WhoNeverGetsAnythingIsServedMoreAndMoreRarely) {
  const Time start = now_;
  while (now_ < start + seconds(600)) {
    Wants("liar", 10, Every(10));
    (void)Run(now_ + milliseconds(100));
  }
  EXPECT_LT(distributor_.stats().chunks, 10u * 18);
  EXPECT_GT(distributor_.stats().chunks, 10u * 8);
}

TEST_F(DistributorTest, AfterALossOfTheBrokerReportsSayWhatIsMissing) {
  Wants("a", 100, Every(100));
  (void)Run(now_ + milliseconds(700));
  distributor_.Disconnected(now_);
  EXPECT_THAT(Run(now_ + seconds(5)), IsEmpty());
  distributor_.Connected(now_);
  EXPECT_THAT(Run(now_ + seconds(5)), IsEmpty());
  Wants("a", 100, {7, 99});
  EXPECT_THAT(Run(now_ + seconds(5)), ElementsAre(7, 99));
}

TEST_F(DistributorTest, OffersComeFirstAndOnce) {
  Wants("a", 1, {0});
  distributor_.Offer("a");
  distributor_.Offer("a");
  EXPECT_THAT(Run(now_ + seconds(1)), ElementsAre(-1, 0));
}

TEST_F(DistributorTest, AnAbandonedArtifactIsForgottenEvenInFlight) {
  Wants("a", 2, {0, 1});
  now_ += seconds(1);
  const auto next = distributor_.Next(now_);
  ASSERT_TRUE(next.has_value());
  distributor_.Abandon(DigestOf(1));
  distributor_.Unsent(next->ticket);
  EXPECT_EQ(distributor_.Next(now_ + seconds(5)), std::nullopt);
  EXPECT_EQ(distributor_.stats().in_flight, 0u);
}

}  // namespace
}  // namespace tinyfog::distribute
