#include "matcher.h"

#include <gtest/gtest.h>

#include "scenario.h"

namespace tinyfog::demo {
namespace {

using std::chrono::milliseconds;

TEST(Matcher, EachRequestIsSettledOnce) {
  Matcher matcher(7, milliseconds(100));
  const Matcher::Time start{};
  const auto correlation = matcher.Send({3, MotorState::kLooseness, start});
  const auto match = matcher.Answer(correlation, start + milliseconds(100));
  EXPECT_EQ(match.fate, Fate::kAnswered);
  EXPECT_EQ(match.request->truth, MotorState::kLooseness);
  EXPECT_EQ(matcher.Answer(correlation, start).fate, Fate::kUnmatched);
  EXPECT_TRUE(matcher.TakeLost(start + milliseconds(1000)).empty());
}

TEST(Matcher, LostThenLateThenUnmatched) {
  Matcher matcher(7, milliseconds(100));
  const Matcher::Time start{};
  const auto correlation = matcher.Send({3, MotorState::kNormal, start});
  EXPECT_TRUE(matcher.TakeLost(start + milliseconds(100)).empty());
  EXPECT_EQ(matcher.TakeLost(start + milliseconds(101)).size(), 1u);
  EXPECT_TRUE(matcher.TakeLost(start + milliseconds(102)).empty());
  EXPECT_EQ(matcher.waiting(), 0u);
  EXPECT_EQ(matcher.Answer(correlation, start + milliseconds(200)).fate, Fate::kLate);
  EXPECT_EQ(matcher.Answer(correlation, start + milliseconds(201)).fate, Fate::kUnmatched);
}

TEST(Matcher, StrangersDoNotMatch) {
  Matcher matcher(7, milliseconds(100));
  Matcher other(8, milliseconds(100));
  matcher.Send({0, MotorState::kNormal, {}});
  EXPECT_EQ(matcher.Answer(other.Send({0, MotorState::kNormal, {}}), {}).fate, Fate::kUnmatched);
  EXPECT_EQ(matcher.Answer("", {}).fate, Fate::kUnmatched);
  EXPECT_EQ(matcher.Answer("123456789012345", {}).fate, Fate::kUnmatched);
  EXPECT_EQ(matcher.waiting(), 1u);
}

TEST(Scenario, NamesAndCourses) {
  for (int i = 0; i < kScenarios; ++i) {
    const auto scenario = static_cast<Scenario>(i);
    EXPECT_EQ(*ParseScenario(ScenarioName(scenario)), scenario);
  }
  EXPECT_FALSE(ParseScenario("broken").ok());
  EXPECT_EQ(TrueState(Scenario::kHealthy, 1000), MotorState::kNormal);
  EXPECT_EQ(TrueState(Scenario::kBearing, 19), MotorState::kNormal);
  EXPECT_EQ(TrueState(Scenario::kBearing, 20), MotorState::kBearingFault);
  std::array<bool, kMotorStates> seen{};
  for (std::uint64_t i = 0; i < 50; ++i)
    seen[static_cast<std::size_t>(TrueState(Scenario::kTroubled, i))] = true;
  for (const bool state : seen) EXPECT_TRUE(state);
}

}  // namespace
}  // namespace tinyfog::demo
