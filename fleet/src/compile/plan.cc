#include "plan.h"

#include <algorithm>
#include <optional>

#include "arena_search.h"
#include "lifetimes.h"

namespace tinyfog::compile {
namespace {

constexpr std::uint64_t kAlignment = 16;

std::uint64_t Aligned(std::uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
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
      before[i] += Aligned(program.buffers[at].distance);
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
    segments.push_back(
        {Aligned(buffer.bytes), buffer.first, buffer.last, most[roots[i]] - before[i]});
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

// Steps where the most bytes are alive and whose output may overlap an input at a distance.
std::set<int> OverlapsAtThePeak(const Program& program, const std::vector<std::uint64_t>& live) {
  const std::uint64_t peak = *std::max_element(live.begin(), live.end());
  std::set<int> steps;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const auto& reusable = program.steps[i].reusable;
    const bool has_distance =
        std::any_of(reusable.begin(), reusable.end(), [](const auto& r) { return r.distance > 0; });
    if (live[i + 1] == peak && has_distance) steps.insert(static_cast<int>(i));
  }
  return steps;
}

}  // namespace

Plan PlanArena(const graph::Graph& graph, Program& program) {
  SetLifetimes(graph, program);
  std::set<int> apart;
  Attempt best = Try(program, apart);
  // Overlaps at a distance tie buffers to one another, so only those that help are used.
  while (true) {
    std::set<int> more = OverlapsAtThePeak(program, best.live);
    const std::size_t known = apart.size();
    more.insert(apart.begin(), apart.end());
    if (more.size() == known) break;
    Attempt attempt = Try(program, more);
    if (attempt.arrangement.bytes >= best.arrangement.bytes) break;
    best = std::move(attempt);
    apart = std::move(more);
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
