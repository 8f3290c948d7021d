#include "arena_search.h"

#include <algorithm>
#include <numeric>
#include <random>

namespace tinyfog::compile {
namespace {

constexpr std::uint64_t kNoBytes = ~std::uint64_t{0};

std::uint64_t HeightOf(const Block& block) {
  std::uint64_t height = 0;
  for (const Segment& s : block.segments) height = std::max(height, s.shift + s.bytes);
  return height;
}

bool Meet(const Segment& a, const Segment& b) { return a.first <= b.last && b.first <= a.last; }

class Placement {
 public:
  explicit Placement(const std::vector<Block>& blocks)
      : offsets_(blocks.size(), kNowhere), conflicts_(blocks.size()) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      heights_.push_back(HeightOf(blocks[i]));
      for (std::size_t j = 0; j < blocks.size(); ++j) {
        if (i != j) AddConflict(blocks, i, j);
      }
    }
  }

  std::size_t size() const { return offsets_.size(); }
  std::uint64_t height(std::size_t i) const { return static_cast<std::uint64_t>(heights_[i]); }
  std::vector<std::uint64_t> offsets() const { return {offsets_.begin(), offsets_.end()}; }
  bool is_placed(std::size_t i) const { return offsets_[i] != kNowhere; }
  void Remove(std::size_t i) { offsets_[i] = kNowhere; }

  // Puts block i at the lowest offset at which it collides with none that is placed.
  std::uint64_t Put(std::size_t i) {
    struct Taken {
      std::int64_t from;  // offsets between the two collide
      std::int64_t end;
    };
    std::vector<Taken> taken;
    for (const Conflict& c : conflicts_[i]) {
      const std::int64_t offset = offsets_[c.other];
      if (offset != kNowhere) taken.push_back({offset - c.below, offset + c.above});
    }
    std::sort(taken.begin(), taken.end(),
              [](const Taken& a, const Taken& b) { return a.from < b.from; });
    std::int64_t offset = 0;
    for (const Taken& t : taken) {
      if (offset <= t.from) break;
      offset = std::max(offset, t.end);
    }
    offsets_[i] = offset;
    return static_cast<std::uint64_t>(offset);
  }

  // Puts each block, in this order, where it is lowest; kNoBytes if that takes as much as
  // `give_up_at`.
  std::uint64_t PutAll(const std::vector<std::size_t>& order, std::uint64_t give_up_at) {
    std::fill(offsets_.begin(), offsets_.end(), kNowhere);
    std::uint64_t top = 0;
    for (const std::size_t i : order) {
      top = std::max(top, Put(i) + height(i));
      if (top >= give_up_at) return kNoBytes;
    }
    return top;
  }

 private:
  // Segments of two blocks that meet: offsets of this block that are more than `other - below` and
  // less than `other + above` collide.
  struct Conflict {
    std::size_t other;
    std::int64_t below;
    std::int64_t above;
  };

  void AddConflict(const std::vector<Block>& blocks, std::size_t i, std::size_t j) {
    const auto end = [](const Segment& s) { return static_cast<std::int64_t>(s.shift + s.bytes); };
    for (const Segment& mine : blocks[i].segments) {
      for (const Segment& other : blocks[j].segments) {
        if (!Meet(mine, other) || mine.bytes == 0 || other.bytes == 0) continue;
        conflicts_[i].push_back({j, end(mine) - static_cast<std::int64_t>(other.shift),
                                 end(other) - static_cast<std::int64_t>(mine.shift)});
      }
    }
  }

  static constexpr std::int64_t kNowhere = -1;
  std::vector<std::int64_t> offsets_;
  std::vector<std::uint64_t> heights_;
  std::vector<std::vector<Conflict>> conflicts_;
};

std::vector<std::size_t> HighestFirst(const Placement& placement) {
  std::vector<std::size_t> order(placement.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return placement.height(a) > placement.height(b);
  });
  return order;
}

void ImproveBySwaps(Placement& placement, std::vector<std::size_t> order, Arrangement& best) {
  constexpr std::size_t kMostTries = 2000;
  constexpr std::size_t kWork = 100'000'000;  // a try looks at every pair of blocks
  const std::size_t tries = std::min(kMostTries, kWork / (order.size() * order.size() + 1));
  std::mt19937 random(1);
  for (std::size_t i = 0; i < tries && best.bytes > best.bound; ++i) {
    std::vector<std::size_t> changed = order;
    for (unsigned swap = 0; swap <= random() % 3; ++swap) {
      std::swap(changed[random() % changed.size()], changed[random() % changed.size()]);
    }
    const std::uint64_t bytes = placement.PutAll(changed, best.bytes + 1);
    if (bytes == kNoBytes) continue;
    order = changed;
    if (bytes < best.bytes) {
      best.bytes = bytes;
      best.offsets = placement.offsets();
    }
  }
}

// Every arrangement in which nothing can sink is found by placing the blocks in the order of their
// offsets, each as low as it goes. With shifted segments a block may rest on one whose offset is
// higher: then any order may be the one, and the search is no proof.
class BranchAndBound {
 public:
  BranchAndBound(const std::vector<Block>& blocks, std::size_t steps, Placement& placement,
                 Arrangement& best)
      : placement_(placement), best_(best) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      placement_.Remove(i);
      live_.push_back(LiveBytes({blocks[i]}, steps));
      for (const Segment& s : blocks[i].segments) has_shifts_ |= s.shift != 0;
    }
  }

  void Run() {
    Descend(0, 0, 0);
    if (tries_ < kTries && !has_shifts_) best_.bound = best_.bytes;
  }

 private:
  void Descend(std::size_t placed, std::uint64_t floor, std::uint64_t top) {
    if (best_.bytes == best_.bound || ++tries_ >= kTries) return;
    if (placed == placement_.size()) {
      best_.bytes = top;
      best_.offsets = placement_.offsets();
      return;
    }
    if (CannotImprove(floor)) return;
    for (std::size_t i = 0; i < placement_.size(); ++i) {
      if (placement_.is_placed(i)) continue;
      const std::uint64_t offset = placement_.Put(i);
      const std::uint64_t end = std::max(top, offset + placement_.height(i));
      const bool is_new = has_shifts_ || offset >= floor;
      if (is_new && end < best_.bytes) Descend(placed + 1, has_shifts_ ? 0 : offset, end);
      placement_.Remove(i);
    }
  }

  // What is left goes above the floor.
  bool CannotImprove(std::uint64_t floor) const {
    for (std::size_t at = 0; at < live_[0].size(); ++at) {
      std::uint64_t rest = floor;
      for (std::size_t i = 0; i < live_.size(); ++i) {
        if (!placement_.is_placed(i)) rest += live_[i][at];
      }
      if (rest >= best_.bytes) return true;
    }
    return false;
  }

  static constexpr int kTries = 20000;
  std::vector<std::vector<std::uint64_t>> live_;  // of each block alone
  Placement& placement_;
  Arrangement& best_;
  int tries_ = 0;
  bool has_shifts_ = false;
};

}  // namespace

std::vector<std::uint64_t> LiveBytes(const std::vector<Block>& blocks, std::size_t steps) {
  constexpr std::uint64_t kNothing = ~std::uint64_t{0};
  std::vector<std::uint64_t> live(steps + 2);
  std::vector<std::uint64_t> low(steps + 2, kNothing);
  std::vector<std::uint64_t> high(steps + 2);
  for (const Block& block : blocks) {
    for (const Segment& s : block.segments) {
      for (int step = s.first; step <= s.last; ++step) {
        const std::size_t at = static_cast<std::size_t>(step + 1);
        low[at] = std::min(low[at], s.shift);
        high[at] = std::max(high[at], s.shift + s.bytes);
      }
    }
    for (const Segment& s : block.segments) {
      for (int step = s.first; step <= s.last; ++step) {
        const std::size_t at = static_cast<std::size_t>(step + 1);
        if (low[at] == kNothing) continue;  // counted with another segment
        live[at] += high[at] - low[at];
        low[at] = kNothing;
        high[at] = 0;
      }
    }
  }
  return live;
}

Arrangement Arrange(const std::vector<Block>& blocks, std::size_t steps) {
  Arrangement best;
  if (blocks.empty()) return best;
  const std::vector<std::uint64_t> live = LiveBytes(blocks, steps);
  best.bound = *std::max_element(live.begin(), live.end());
  Placement placement(blocks);
  const std::vector<std::size_t> order = HighestFirst(placement);
  best.bytes = placement.PutAll(order, kNoBytes);
  best.offsets = placement.offsets();
  ImproveBySwaps(placement, order, best);
  constexpr std::size_t kMostBlocks = 64;  // beyond it every try would be slow and in vain
  if (best.bytes > best.bound && blocks.size() <= kMostBlocks) {
    BranchAndBound(blocks, steps, placement, best).Run();
  }
  return best;
}

}  // namespace tinyfog::compile
