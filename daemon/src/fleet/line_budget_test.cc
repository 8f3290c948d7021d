#include "line_budget.h"

#include <gtest/gtest.h>

namespace tinyfog::fleet {
namespace {

using std::chrono::seconds;

TEST(LineBudget, TheFirstTwentyPassTheRestIsCountedAndNamed) {
  LineBudget budget;
  const distribute::Time now = seconds(1000);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(budget.Pass(now, "n"));
  for (int i = 0; i < 180; ++i) EXPECT_FALSE(budget.Pass(now, "n" + std::to_string(i)));
  EXPECT_FALSE(budget.Take(now + seconds(4)).has_value());
  const auto rest = budget.Take(now + seconds(5));
  ASSERT_TRUE(rest.has_value());
  EXPECT_EQ(rest->count, 180u);
  EXPECT_EQ(rest->among, "n0 n1 n2 n3 n4 n5 n6 n7");
  EXPECT_FALSE(budget.Take(now + seconds(100)).has_value());
}

TEST(LineBudget, ALineIsEarnedBackInSixSecondsButNeverMoreThanTwenty) {
  LineBudget budget;
  distribute::Time now = seconds(1000);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(budget.Pass(now, "n"));
  EXPECT_FALSE(budget.Pass(now + seconds(5), "n"));
  EXPECT_TRUE(budget.Pass(now + seconds(6), "n"));
  EXPECT_FALSE(budget.Pass(now + seconds(11), "n"));
  now += std::chrono::hours(10);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(budget.Pass(now, "n"));
  EXPECT_FALSE(budget.Pass(now, "n"));
}

TEST(LineBudget, SomebodyWhoComesAndGoesForHoursCostsFewLines) {
  LineBudget budget;
  int lines = 0;
  for (distribute::Time now = seconds(1); now < std::chrono::hours(1); now += seconds(2)) {
    lines += budget.Pass(now, "n") ? 1 : 0;
    lines += budget.Take(now) ? 1 : 0;
  }
  EXPECT_LE(lines, 20 + 60 * (10 + 12));
}

}  // namespace
}  // namespace tinyfog::fleet
