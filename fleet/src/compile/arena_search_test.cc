#include "arena_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace tinyfog::compile {
namespace {

bool Collide(const Block& a, std::uint64_t a_offset, const Block& b, std::uint64_t b_offset) {
  for (const Segment& x : a.segments) {
    for (const Segment& y : b.segments) {
      const bool meet = x.first <= y.last && y.first <= x.last;
      const std::uint64_t a_begin = a_offset + x.shift;
      const std::uint64_t b_begin = b_offset + y.shift;
      if (meet && a_begin < b_begin + y.bytes && b_begin < a_begin + x.bytes) return true;
    }
  }
  return false;
}

std::uint64_t TopOf(const Block& block, std::uint64_t offset) {
  std::uint64_t top = 0;
  for (const Segment& s : block.segments) top = std::max(top, offset + s.shift + s.bytes);
  return top;
}

// Up to three segments, one after the other and never growing, as in-place steps make them.
std::vector<Block> RandomBlocks(std::mt19937& random, std::size_t count, int steps,
                                bool shifted = false) {
  std::vector<Block> blocks(count);
  for (Block& block : blocks) {
    int at = static_cast<int>(random() % static_cast<unsigned>(steps));
    std::uint64_t bytes = 1 + random() % 12;
    for (unsigned i = 0; i <= random() % 3 && at < steps; ++i) {
      const int last = std::min(steps, at + static_cast<int>(random() % 3));
      block.segments.push_back({bytes, at, last});
      // The first one ends up highest, as where outputs begin before their inputs.
      for (std::size_t s = 0; shifted && s + 1 < block.segments.size(); ++s) {
        block.segments[s].shift += 2;
      }
      at = last;
      bytes = 1 + random() % bytes;
    }
  }
  return blocks;
}

// Every order, each block as low as it goes.
std::uint64_t BestOfAllOrders(const std::vector<Block>& blocks) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::uint64_t best = ~std::uint64_t{0};
  do {
    std::vector<std::uint64_t> offsets(blocks.size());
    std::uint64_t top = 0;
    for (std::size_t n = 0; n < order.size(); ++n) {
      const auto collides = [&](std::uint64_t offset) {
        return std::any_of(order.begin(), order.begin() + static_cast<long>(n), [&](std::size_t j) {
          return Collide(blocks[order[n]], offset, blocks[j], offsets[j]);
        });
      };
      while (collides(offsets[order[n]])) ++offsets[order[n]];
      top = std::max(top, TopOf(blocks[order[n]], offsets[order[n]]));
    }
    best = std::min(best, top);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST(ArenaSearch, SmallProblemsAreSolvedExactly) {
  std::mt19937 random(1);
  for (int problem = 0; problem < 60; ++problem) {
    const std::vector<Block> blocks = RandomBlocks(random, 6, 7);
    const Arrangement found = Arrange(blocks, 7);
    EXPECT_EQ(found.bytes, BestOfAllOrders(blocks)) << "problem " << problem;
    EXPECT_EQ(found.bound, found.bytes);
  }
}

TEST(ArenaSearch, NothingThatLivesTogetherOverlaps) {
  std::mt19937 random(2);
  for (int problem = 0; problem < 20; ++problem) {
    const std::vector<Block> blocks = RandomBlocks(random, 40, 30, problem % 2 == 0);
    const Arrangement found = Arrange(blocks, 30);
    const std::vector<std::uint64_t> live = LiveBytes(blocks, 30);
    EXPECT_GE(found.bound, *std::max_element(live.begin(), live.end()));
    EXPECT_LE(found.bound, found.bytes);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      EXPECT_LE(TopOf(blocks[i], found.offsets[i]), found.bytes);
      for (std::size_t j = 0; j < i; ++j) {
        EXPECT_FALSE(Collide(blocks[i], found.offsets[i], blocks[j], found.offsets[j]))
            << "problem " << problem << ": " << i << " and " << j;
      }
    }
  }
}

TEST(ArenaSearch, AnEmptyProgramNeedsNothing) { EXPECT_EQ(Arrange({}, 3).bytes, 0u); }

}  // namespace
}  // namespace tinyfog::compile
