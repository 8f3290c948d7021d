#include "tinyfog/loop/event_loop.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>
#include <vector>

namespace tinyfog::loop {
namespace {

using std::chrono::milliseconds;

TEST(EventLoop, RunsPostedWorkInOrderOnItsThread) {
  auto loop = EventLoop::Create();
  std::vector<int> order;
  std::thread poster([&] {
    for (int i = 0; i < 3; ++i) {
      loop->Post([&order, &loop, i] {
        EXPECT_TRUE(loop->OnLoopThread());
        order.push_back(i);
      });
    }
    loop->Post([&loop] { loop->Stop(); });
  });
  loop->Run();
  poster.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  std::thread other([&] { EXPECT_FALSE(loop->OnLoopThread()); });
  other.join();
}

TEST(EventLoop, TimersFireInDueOrder) {
  auto loop = EventLoop::Create();
  std::vector<int> order;
  auto later = loop->After(milliseconds(2), [&] {
    order.push_back(2);
    loop->Stop();
  });
  auto sooner = loop->After(milliseconds(1), [&] { order.push_back(1); });
  loop->Run();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(EventLoop, ARepeatingTimerStopsWhenItsRegistrationGoes) {
  auto loop = EventLoop::Create();
  int ticks = 0;
  std::unique_ptr<Registration> every;
  std::unique_ptr<Registration> end;
  every = loop->Every(milliseconds(1), [&] {
    if (++ticks < 3) return;
    every.reset();  // from inside its own callback
    end = loop->After(milliseconds(10), [&] { loop->Stop(); });
  });
  loop->Run();
  EXPECT_EQ(ticks, 3);
}

TEST(EventLoop, ACancelledTimerDoesNotFireEvenWhenItIsAlreadyDue) {
  auto loop = EventLoop::Create();
  bool fired = false;
  auto victim = loop->After(milliseconds(0), [&] { fired = true; });
  loop->Post([&] {
    victim.reset();
    loop->Post([&] { loop->Stop(); });
  });
  loop->Run();
  EXPECT_FALSE(fired);
}

TEST(EventLoop, DeliversSignalsOnItsThread) {
  auto loop = EventLoop::Create();
  std::vector<int> seen;
  auto registration = loop->OnSignal({SIGUSR1, SIGUSR2}, [&](int signal) {
    EXPECT_TRUE(loop->OnLoopThread());
    seen.push_back(signal);
    if (seen.size() == 1) std::raise(SIGUSR2);
    if (seen.size() == 2) loop->Stop();
  });
  loop->Post([] { std::raise(SIGUSR1); });
  loop->Run();
  EXPECT_EQ(seen, (std::vector<int>{SIGUSR1, SIGUSR2}));
}

}  // namespace
}  // namespace tinyfog::loop
