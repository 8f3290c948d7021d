#include "request_queue.h"

#include <gtest/gtest.h>

#include <atomic>

namespace tinyfog::inference {
namespace {

using Pushed = RequestQueue::Pushed;

// Time stands still unless a test moves it.
SteadyTime g_now;

class RequestQueueTest : public testing::Test {
 protected:
  RequestQueueTest() { g_now = SteadyTime(std::chrono::hours(1)); }

  static RequestQueue::Limits Limits(std::uint32_t capacity, std::uint32_t max_batch = 8) {
    return {.capacity = capacity, .levels = 3, .max_batch = max_batch, .max_delay = {}, .now = [] {
              return g_now;
            }};
  }

  static PendingPtr Make(const std::string& id, std::uint32_t rows = 1) {
    auto pending = std::make_unique<Pending>();
    pending->request.model = id;
    pending->rows = rows;
    pending->arrived = g_now;
    return pending;
  }

  static Pushed Push(RequestQueue& queue, PendingPtr pending, std::uint32_t level = 2) {
    std::vector<PendingPtr> expired;
    return queue.Push(pending, level, expired);
  }

  static std::string Pop(RequestQueue& queue, std::vector<PendingPtr>* expired = nullptr) {
    std::vector<PendingPtr> batch, dead;
    queue.Pop(batch, dead);
    std::string ids;
    for (const PendingPtr& pending : batch) ids += pending->request.model;
    if (expired != nullptr) *expired = std::move(dead);
    return ids;
  }
};

TEST_F(RequestQueueTest, LevelsFirstThenArrival) {
  RequestQueue queue(Limits(10));
  Push(queue, Make("a"), 3);
  Push(queue, Make("b"), 1);
  Push(queue, Make("c"), 2);
  Push(queue, Make("d"), 1);
  EXPECT_EQ(Pop(queue), "bdca");
}

TEST_F(RequestQueueTest, LevelsBeyondTheRangeAreTheNearestOnes) {
  RequestQueue queue(Limits(10));
  Push(queue, Make("last"), 99);
  Push(queue, Make("first"), 0);
  EXPECT_EQ(Pop(queue), "firstlast");
}

TEST_F(RequestQueueTest, ABatchTakesRowsAndNeverSplitsARequest) {
  RequestQueue queue(Limits(10, 4));
  Push(queue, Make("a", 3));
  Push(queue, Make("b", 2));
  Push(queue, Make("c", 1));
  EXPECT_EQ(Pop(queue).front(), 'a');
  EXPECT_GT(queue.size(), 0u);
}

TEST_F(RequestQueueTest, AFullQueueRefusesAndKeepsTheRequest) {
  RequestQueue queue(Limits(2));
  EXPECT_EQ(Push(queue, Make("a")), Pushed::kAccepted);
  EXPECT_EQ(Push(queue, Make("b")), Pushed::kAccepted);
  std::vector<PendingPtr> expired;
  PendingPtr third = Make("c");
  EXPECT_EQ(queue.Push(third, 1, expired), Pushed::kFull);
  ASSERT_NE(third, nullptr);
  EXPECT_EQ(third->request.model, "c");
  EXPECT_EQ(queue.size(), 2u);
}

TEST_F(RequestQueueTest, WhatHasExpiredMakesRoomAndIsHandedBack) {
  RequestQueue queue(Limits(1));
  PendingPtr mortal = Make("a");
  mortal->request.deadline = g_now + std::chrono::seconds(1);
  EXPECT_EQ(Push(queue, std::move(mortal)), Pushed::kAccepted);
  EXPECT_EQ(Push(queue, Make("b")), Pushed::kFull);
  g_now += std::chrono::seconds(1);
  std::vector<PendingPtr> expired;
  PendingPtr next = Make("b");
  EXPECT_EQ(queue.Push(next, 2, expired), Pushed::kAccepted);
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired[0]->request.model, "a");
  EXPECT_EQ(Pop(queue), "b");
}

TEST_F(RequestQueueTest, WhatIsCancelledIsNeverExecuted) {
  RequestQueue queue(Limits(5));
  const auto cancel = std::make_shared<std::atomic<bool>>(false);
  PendingPtr doubtful = Make("a");
  doubtful->request.cancel = cancel;
  Push(queue, std::move(doubtful));
  Push(queue, Make("b"));
  cancel->store(true);
  std::vector<PendingPtr> expired;
  EXPECT_EQ(Pop(queue, &expired), "b");
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired[0]->request.model, "a");
}

TEST_F(RequestQueueTest, SweepFindsTheDeadAndSaysWhetherMoreCanDie) {
  RequestQueue queue(Limits(5));
  for (const int seconds : {1, 2}) {
    PendingPtr mortal = Make(std::to_string(seconds));
    mortal->request.deadline = g_now + std::chrono::seconds(seconds);
    Push(queue, std::move(mortal));
  }
  std::vector<PendingPtr> expired;
  g_now += std::chrono::milliseconds(1500);
  EXPECT_TRUE(queue.Sweep(expired));
  ASSERT_EQ(expired.size(), 1u);
  g_now += std::chrono::seconds(1);
  EXPECT_FALSE(queue.Sweep(expired));
  EXPECT_EQ(expired.size(), 2u);
  EXPECT_EQ(queue.size(), 0u);
}

TEST_F(RequestQueueTest, AClosedQueueRefusesAndRunsEmpty) {
  RequestQueue queue(Limits(5));
  Push(queue, Make("a"));
  queue.Close();
  EXPECT_EQ(Push(queue, Make("b")), Pushed::kClosed);
  std::vector<PendingPtr> batch, expired;
  EXPECT_TRUE(queue.Pop(batch, expired));
  EXPECT_EQ(batch.size(), 1u);
  EXPECT_FALSE(queue.Pop(batch, expired));
}

TEST_F(RequestQueueTest, ClearHandsOverEverything) {
  RequestQueue queue(Limits(5));
  Push(queue, Make("a"), 1);
  Push(queue, Make("b"), 3);
  std::vector<PendingPtr> rest;
  queue.Clear(rest);
  EXPECT_EQ(rest.size(), 2u);
  EXPECT_EQ(queue.size(), 0u);
}

}  // namespace
}  // namespace tinyfog::inference
