#include "watchdog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tinyfog::app {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Watchdog, APartIsStuckWhenItOwesProgressForLongerThanTheBound) {
  const Watchdog::Time start{std::chrono::hours(1)};
  std::optional<Watchdog::Time> batch;
  Watchdog::Time heartbeat = start;
  const auto registry = metrics::Registry::Create();
  Watchdog watchdog(
      {{"inference", [&] { return batch; }}, {"mqtt", [&] { return std::optional(heartbeat); }}},
      *registry);
  constexpr milliseconds kBound{1000};

  EXPECT_THAT(watchdog.Look(start + kBound, kBound).stuck, IsEmpty());
  batch = start;
  const auto both = watchdog.Look(start + kBound + milliseconds(1), kBound);
  EXPECT_THAT(both.stuck, ElementsAre("inference", "mqtt"));
  EXPECT_TRUE(both.changed);
  EXPECT_THAT(registry->Expose(), HasSubstr("tinyfog_watchdog_stuck{part=\"inference\"} 1"));

  heartbeat = start + kBound;
  EXPECT_THAT(watchdog.Look(start + 2 * kBound, kBound).stuck, ElementsAre("inference"));
  EXPECT_FALSE(watchdog.Look(start + 2 * kBound, kBound).changed);
  batch.reset();
  const auto none = watchdog.Look(start + 2 * kBound, kBound);
  EXPECT_THAT(none.stuck, IsEmpty());
  EXPECT_TRUE(none.changed);
  EXPECT_THAT(registry->Expose(), HasSubstr("tinyfog_watchdog_stuck{part=\"inference\"} 0"));
}

}  // namespace
}  // namespace tinyfog::app
