#include "block_heap.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <random>
#include <vector>

namespace tinyfog::board {
namespace {

constexpr std::size_t kWords = 256, kLargest = (kWords - 2) * 4;

struct Taken {
  std::uint8_t* block;
  std::size_t bytes;
  std::uint8_t fill;
};

bool IsIntact(const Taken& taken) {
  const std::vector<std::uint8_t> expected(taken.bytes, taken.fill);
  return std::memcmp(taken.block, expected.data(), taken.bytes) == 0;
}

TEST(BlockHeap, HasRoomForAllButTwoWords) {
  std::array<std::uint32_t, kWords> memory;
  BlockHeap heap;
  heap.Start(memory);
  EXPECT_EQ(heap.Allocate(kLargest + 1), nullptr);
  void* const all = heap.Allocate(kLargest);
  EXPECT_EQ(all, &memory[1]);
  EXPECT_EQ(heap.Allocate(0), nullptr);
  BlockHeap::Free(all);
  EXPECT_EQ(heap.Allocate(kLargest), all);
}

TEST(BlockHeap, BlocksDoNotTouchEachOtherAndTheirGapsJoin) {
  std::array<std::uint32_t, kWords> memory;
  BlockHeap heap;
  heap.Start(memory);
  std::mt19937 random(1);
  std::vector<Taken> taken;
  std::size_t refused = 0;
  for (int i = 0; i < 20000; ++i) {
    if (random() % 2 == 0 && !taken.empty()) {
      const auto one = taken.begin() + static_cast<std::ptrdiff_t>(random() % taken.size());
      ASSERT_TRUE(IsIntact(*one)) << "step " << i;
      BlockHeap::Free(one->block);
      taken.erase(one);
      continue;
    }
    const std::size_t bytes = 1 + random() % 200;
    auto* const block = static_cast<std::uint8_t*>(heap.Allocate(bytes));
    if (block == nullptr) {
      ++refused;
      continue;
    }
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(block) % 4, 0u);
    taken.push_back({block, bytes, static_cast<std::uint8_t>(i)});
    std::memset(block, taken.back().fill, bytes);
  }
  EXPECT_GT(refused, 100u);
  for (const Taken& one : taken) {
    EXPECT_TRUE(IsIntact(one));
    BlockHeap::Free(one.block);
  }
  EXPECT_NE(heap.Allocate(kLargest), nullptr);
}

}  // namespace
}  // namespace tinyfog::board
