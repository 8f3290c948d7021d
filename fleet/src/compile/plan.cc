#include "plan.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "lifetimes.h"

namespace tinyfog::compile {
namespace {

constexpr std::uint64_t kAlignment = 16;
constexpr std::uint64_t kNowhere = ~std::uint64_t{0};

struct Block {
  std::uint64_t bytes;
  int first;
  int last;
  int buffer;
};

bool Overlap(const Block& a, const Block& b) { return a.first <= b.last && b.first <= a.last; }

std::vector<Block> BlocksOf(const Program& program) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    if (buffer.joined >= 0 || buffer.last < buffer.first) continue;
    const std::uint64_t bytes = (buffer.bytes + kAlignment - 1) / kAlignment * kAlignment;
    blocks.push_back({bytes, buffer.first, buffer.last, static_cast<int>(i)});
  }
  return blocks;
}

std::uint64_t BoundOf(const std::vector<Block>& blocks, int steps) {
  std::uint64_t bound = 0;
  for (int step = -1; step <= steps; ++step) {
    std::uint64_t live = 0;
    for (const Block& block : blocks) {
      if (block.first <= step && step <= block.last) live += block.bytes;
    }
    bound = std::max(bound, live);
  }
  return bound;
}

class Placement {
 public:
  explicit Placement(const std::vector<Block>& blocks) : blocks_(blocks), offsets_(blocks.size()) {}

  // Puts each block, in this order, at the lowest place that is free during its life.
  std::uint64_t Place(const std::vector<std::size_t>& order, std::uint64_t give_up_at) {
    std::fill(offsets_.begin(), offsets_.end(), kNowhere);
    std::uint64_t top = 0;
    for (const std::size_t i : order) {
      offsets_[i] = LowestFree(i);
      top = std::max(top, offsets_[i] + blocks_[i].bytes);
      if (top >= give_up_at) return kNowhere;
    }
    return top;
  }
  const std::vector<std::uint64_t>& offsets() const { return offsets_; }

 private:
  std::uint64_t LowestFree(std::size_t i) const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken;
    for (std::size_t j = 0; j < blocks_.size(); ++j) {
      if (offsets_[j] != kNowhere && Overlap(blocks_[i], blocks_[j])) {
        taken.emplace_back(offsets_[j], offsets_[j] + blocks_[j].bytes);
      }
    }
    std::sort(taken.begin(), taken.end());
    std::uint64_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (begin >= offset + blocks_[i].bytes) break;
      offset = std::max(offset, end);
    }
    return offset;
  }

  const std::vector<Block>& blocks_;
  std::vector<std::uint64_t> offsets_;
};

// Starts with the largest first and improves by seeded swaps until the bound is met.
std::vector<std::uint64_t> Search(const std::vector<Block>& blocks, std::uint64_t bound,
                                  std::uint64_t& best) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return blocks[a].bytes > blocks[b].bytes; });
  Placement placement(blocks);
  best = placement.Place(order, kNowhere);
  std::vector<std::uint64_t> offsets = placement.offsets();
  std::mt19937 random(1);
  constexpr int kTries = 2000;
  for (int i = 0; i < kTries && best > bound && blocks.size() > 1; ++i) {
    std::vector<std::size_t> changed = order;
    for (unsigned swap = 0; swap <= random() % 3; ++swap) {
      std::swap(changed[random() % changed.size()], changed[random() % changed.size()]);
    }
    const std::uint64_t bytes = placement.Place(changed, best + 1);
    if (bytes == kNowhere) continue;
    order = changed;
    if (bytes < best) {
      best = bytes;
      offsets = placement.offsets();
    }
  }
  return offsets;
}

}  // namespace

Plan PlanArena(const graph::Graph& graph, Program& program) {
  SetLifetimes(graph, program);
  JoinInPlace(program);
  const std::vector<Block> blocks = BlocksOf(program);
  const std::uint64_t bound = BoundOf(blocks, static_cast<int>(program.steps.size()));
  std::uint64_t bytes = 0;
  const std::vector<std::uint64_t> offsets = Search(blocks, bound, bytes);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    program.buffers[static_cast<std::size_t>(blocks[i].buffer)].offset = offsets[i];
  }
  for (std::size_t i = 0; i < program.buffers.size(); ++i) {
    const int root = RootOf(program, static_cast<int>(i));
    program.buffers[i].offset = program.buffers[static_cast<std::size_t>(root)].offset;
  }
  return {bytes, bound};
}

}  // namespace tinyfog::compile
