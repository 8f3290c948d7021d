#include "plan.h"

#include <algorithm>
#include <optional>

#include "arena_search.h"
#include "lifetimes.h"

namespace tinyfog::compile {
namespace {

// 16 would do; the vectors of x86 are slow where they reach over two cache lines.
std::uint64_t Aligned(std::uint64_t bytes, nn::Target target) {
  const bool is_x86 = target == nn::Target::kX86Pairs || target == nn::Target::kX86Quads;
  const std::uint64_t alignment = is_x86 ? 64 : 16;
  return (bytes + alignment - 1) / alignment * alignment;
}

// The buffers that share memory are one block.
struct Blocks {
  struct Place {
    std::size_t block;
    std::size_t segment;
  };
  std::vector<Block> blocks;
  std::vector<std::optional<Place>> places;  // of each buffer; nothing: never alive
};

Blocks BlocksOf(const Program& program) {
  // Bytes from a root to each buffer that joined it: one may begin before what it joined.
  const std::size_t count = program.buffers.size();
  std::vector<std::size_t> roots(count);
  std::vector<std::uint64_t> before(count);
  std::vector<std::uint64_t> most(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t at = i;
    for (; program.buffers[at].joined >= 0;
         at = static_cast<std::size_t>(program.buffers[at].joined)) {
      before[i] += Aligned(program.buffers[at].distance, program.target);
    }
    roots[i] = at;
    most[at] = std::max(most[at], before[i]);
  }
  Blocks result;
  result.places.resize(count);
  std::vector<std::optional<std::size_t>> block_of_root(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Buffer& buffer = program.buffers[i];
    if (buffer.last < buffer.first) continue;
    std::optional<std::size_t>& block = block_of_root[roots[i]];
    if (!block) {
      block = result.blocks.size();
      result.blocks.emplace_back();
    }
    std::vector<Segment>& segments = result.blocks[*block].segments;
    result.places[i] = {*block, segments.size()};
    segments.push_back({Aligned(buffer.bytes, program.target), buffer.first, buffer.last,
                        most[roots[i]] - before[i]});
  }
  return result;
}

struct Attempt {
  Blocks blocks;
  Arrangement arrangement;
  std::vector<std::uint64_t> live;
};

Attempt Try(Program& program, const std::set<int>& apart) {
  JoinInPlace(program, apart);
  Attempt attempt{BlocksOf(program), {}, {}};
  attempt.arrangement = Arrange(attempt.blocks.blocks, program.steps.size());
  attempt.live = LiveBytes(attempt.blocks.blocks, program.steps.size());
  return attempt;
}

// What to try beside the steps whose output lies at a distance already: all such steps where the
// most bytes are alive, and each where nearly as many are.
std::vector<std::set<int>> OverlapsToTry(const Program& program,
                                         const std::vector<std::uint64_t>& live,
                                         const std::set<int>& apart) {
  const std::uint64_t peak = *std::max_element(live.begin(), live.end());
  std::set<int> at_peak;
  std::vector<std::set<int>> singles;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const int step = static_cast<int>(i);
    const auto& reusable = program.steps[i].reusable;
    const bool has_distance =
        std::any_of(reusable.begin(), reusable.end(), [](const auto& r) { return r.distance > 0; });
    if (!has_distance || apart.contains(step) || live[i + 1] < peak / 4 * 3) continue;
    if (live[i + 1] == peak) at_peak.insert(step);
    singles.push_back({step});
  }
  constexpr std::size_t kMostSingles = 8;
  if (singles.size() > kMostSingles) singles.resize(kMostSingles);
  if (at_peak.size() > 1) singles.push_back(std::move(at_peak));
  for (std::set<int>& steps : singles) steps.insert(apart.begin(), apart.end());
  return singles;
}

}  // namespace

Plan PlanArena(const graph::Graph& graph, Program& program) {
  SetLifetimes(graph, program);
  std::set<int> apart;
  Attempt best = Try(program, apart);
  // Overlaps at a distance tie buffers to one another, so only those that help are used.
  for (bool improved = true; improved;) {
    improved = false;
    for (std::set<int>& steps : OverlapsToTry(program, best.live, apart)) {
      Attempt attempt = Try(program, steps);
      if (attempt.arrangement.bytes >= best.arrangement.bytes) continue;
      best = std::move(attempt);
      apart = std::move(steps);
      improved = true;
    }
  }
  for (std::size_t i = 0; i < program.buffers.size(); ++i) {
    const auto& place = best.blocks.places[i];
    if (!place) continue;
    program.buffers[i].offset = best.arrangement.offsets[place->block] +
                                best.blocks.blocks[place->block].segments[place->segment].shift;
  }
  return {best.arrangement.bytes, best.arrangement.bound, std::move(best.live)};
}

}  // namespace tinyfog::compile
