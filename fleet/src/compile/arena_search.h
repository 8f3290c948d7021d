#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tinyfog::compile {

/// Bytes that are needed from one step to another, both included, `shift` bytes behind the block's
/// offset.
struct Segment {
  std::uint64_t bytes;
  int first;
  int last;
  std::uint64_t shift = 0;
};

/// Memory that keeps its place while its size changes: the buffers of in-place steps. Segments that
/// live at the same step overlap.
struct Block {
  std::vector<Segment> segments;
};

struct Arrangement {
  std::vector<std::uint64_t> offsets;  // of each block
  std::uint64_t bytes = 0;
  std::uint64_t bound = 0;  // no arrangement needs less; equals `bytes` when that is proven best
};

/// Bytes of all blocks that are alive before the first step, at each step, and behind the last.
std::vector<std::uint64_t> LiveBytes(const std::vector<Block>& blocks, std::size_t steps);

/// Finds offsets so that blocks which live at the same step do not overlap: largest first, then
/// seeded swaps, then branch and bound; each ends as soon as the bound is reached, the last also
/// after a fixed number of tries. Deterministic.
Arrangement Arrange(const std::vector<Block>& blocks, std::size_t steps);

}  // namespace tinyfog::compile
