#include "plan.h"

#include <algorithm>

#include "arena_search.h"
#include "lifetimes.h"

namespace tinyfog::compile {
namespace {

constexpr std::uint64_t kAlignment = 16;

// The buffers that share memory are one block: those of each root.
struct Blocks {
  std::vector<Block> blocks;
  std::vector<int> of_buffer;  // -1: never alive
};

Blocks BlocksOf(const Program& program) {
  Blocks result;
  result.of_buffer.assign(program.buffers.size(), -1);
  std::vector<int> of_root(program.buffers.size(), -1);
  for (std::size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    if (buffer.last < buffer.first) continue;
    int& block = of_root[static_cast<std::size_t>(RootOf(program, static_cast<int>(i)))];
    if (block < 0) {
      block = static_cast<int>(result.blocks.size());
      result.blocks.emplace_back();
    }
    const std::uint64_t bytes = (buffer.bytes + kAlignment - 1) / kAlignment * kAlignment;
    result.blocks[static_cast<std::size_t>(block)].segments.push_back(
        {bytes, buffer.first, buffer.last});
    result.of_buffer[i] = block;
  }
  return result;
}

}  // namespace

Plan PlanArena(const graph::Graph& graph, Program& program) {
  SetLifetimes(graph, program);
  JoinInPlace(program);
  const Blocks blocks = BlocksOf(program);
  const std::size_t steps = program.steps.size();
  const Arrangement arrangement = Arrange(blocks.blocks, steps);
  for (std::size_t i = 0; i < program.buffers.size(); ++i) {
    const int block = blocks.of_buffer[i];
    if (block < 0) continue;
    program.buffers[i].offset = arrangement.offsets[static_cast<std::size_t>(block)];
  }
  return {arrangement.bytes, arrangement.bound, LiveBytes(blocks.blocks, steps)};
}

}  // namespace tinyfog::compile
