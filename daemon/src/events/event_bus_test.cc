#include "tinyfog/events/event_bus.h"

#include <gtest/gtest.h>

#include <thread>

namespace tinyfog::events {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

v1::Event Named(const std::string& text) {
  v1::Event event;
  event.set_text(text);
  return event;
}

TEST(EventBus, EveryListenerGetsEveryEventInOrder) {
  auto bus = EventBus::Create();
  auto a = bus->Subscribe();
  auto b = bus->Subscribe();
  bus->Publish(Named("1"));
  bus->Publish(Named("2"));
  for (auto* subscription : {a.get(), b.get()}) {
    const auto first = subscription->Next(seconds(10));
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->text(), "1");
    EXPECT_TRUE(first->has_time());
    EXPECT_EQ(subscription->Next(seconds(10))->text(), "2");
  }
}

TEST(EventBus, ASlowListenerLosesTheOldestAndIsToldHowMany) {
  auto bus = EventBus::Create();
  auto slow = bus->Subscribe(2);
  for (const char* text : {"1", "2", "3", "4", "5"}) bus->Publish(Named(text));
  EXPECT_EQ(slow->dropped(), 3u);
  EXPECT_EQ(slow->Next(seconds(10))->text(), "4");
}

TEST(EventBus, KnowsWhetherAnybodyListens) {
  auto bus = EventBus::Create();
  EXPECT_FALSE(bus->HasSubscribers());
  {
    auto subscription = bus->Subscribe();
    EXPECT_TRUE(bus->HasSubscribers());
  }
  EXPECT_FALSE(bus->HasSubscribers());
}

TEST(EventBus, NextEndsWhenClosedAndWhenTheBusIsGone) {
  auto bus = EventBus::Create();
  auto closed = bus->Subscribe();
  auto orphan = bus->Subscribe();
  std::thread reader([&] { EXPECT_EQ(closed->Next(std::chrono::hours(1)), nullptr); });
  closed->Close();
  reader.join();
  std::thread waiting([&] { EXPECT_EQ(orphan->Next(std::chrono::hours(1)), nullptr); });
  bus.reset();
  waiting.join();
  EXPECT_EQ(orphan->Next(milliseconds(0)), nullptr);
}

}  // namespace
}  // namespace tinyfog::events
