#include "tinyfog/fleet/board.h"

#include <gtest/gtest.h>

#include <thread>

namespace tinyfog::fleet {
namespace {

using std::chrono::milliseconds;

v1::Node Make(const std::string& id, std::uint64_t births) {
  v1::Node node;
  node.set_id(id);
  node.mutable_state();
  node.set_births(births);
  return node;
}

TEST(Board, AWatchGetsEveryNodeThenTheNewestOfThoseThatChange) {
  const auto board = Board::Create();
  board->Publish(Make("a1", 1));
  board->Publish(Make("b1", 1));
  const auto watch = board->WatchNodes("a");
  EXPECT_EQ(watch->Next(milliseconds(0))->id(), "a1");
  EXPECT_EQ(watch->Next(milliseconds(0)), nullptr);
  for (std::uint64_t i = 2; i < 9; ++i) board->Publish(Make("a1", i));
  board->Publish(Make("b1", 2));
  EXPECT_EQ(watch->Next(milliseconds(0))->births(), 8u);
  EXPECT_EQ(watch->Next(milliseconds(0)), nullptr);
  board->Remove("a1");
  const auto removed = watch->Next(milliseconds(0));
  EXPECT_EQ(removed->id(), "a1");
  EXPECT_FALSE(removed->has_state());
  EXPECT_EQ(board->Get("a1"), nullptr);
  EXPECT_EQ(board->List("").size(), 1u);
}

TEST(Board, CloseWakesForGood) {
  const auto board = Board::Create();
  const auto watch = board->WatchNodes("");
  std::thread closer([&] { watch->Close(); });
  EXPECT_EQ(watch->Next(std::chrono::minutes(10)), nullptr);
  closer.join();
  board->Publish(Make("a1", 1));
  EXPECT_EQ(watch->Next(std::chrono::minutes(10)), nullptr);
}

}  // namespace
}  // namespace tinyfog::fleet
