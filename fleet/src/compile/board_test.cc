#include "tinyfog/compile/board.h"

#include <gtest/gtest.h>

namespace tinyfog::compile {
namespace {

Compiled Sample(std::uint32_t arena, std::size_t model) {
  Compiled compiled;
  compiled.tfm.resize(model);
  compiled.arena_bytes = arena;
  compiled.steps.emplace_back().instructions = 1'000'000;
  return compiled;
}

TEST(Board, EveryBoardHasATargetAndANameOfItsOwn) {
  for (const Board& board : Boards()) {
    EXPECT_TRUE(TargetNamed(board.target)) << board.name;
    EXPECT_EQ(BoardNamed(board.name), &board);
  }
  EXPECT_EQ(BoardNamed("no-such-board"), nullptr);
}

TEST(Board, AModelFitsWhereArenaAndFlashSuffice) {
  const Board board{"b", "cortex-m4", 100, 64 << 10, 32 << 10, ""};
  EXPECT_TRUE(FitOn(board, Sample(16 << 10, 32 << 10)).fits);
  EXPECT_FALSE(FitOn(board, Sample(32 << 10, 32 << 10)).fits);
  EXPECT_FALSE(FitOn(board, Sample(16 << 10, 60 << 10)).fits);
}

TEST(Board, TheTimeFollowsTheClock) {
  const Board slow{"s", "cortex-m4", 50, 1 << 20, 1 << 20, ""};
  const Board fast{"f", "cortex-m4", 100, 1 << 20, 1 << 20, ""};
  EXPECT_DOUBLE_EQ(FitOn(slow, Sample(1, 1)).milliseconds,
                   2 * FitOn(fast, Sample(1, 1)).milliseconds);
}

}  // namespace
}  // namespace tinyfog::compile
