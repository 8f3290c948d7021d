#pragma once

#include <vector>

#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// The values that one channel of a tensor can take, both ends included.
struct Range {
  std::int32_t low;
  std::int32_t high;

  bool is_constant() const { return low == high; }
  bool operator==(const Range&) const = default;
};

/// Of each tensor, the range of each channel (index in the last dimension) whatever the inputs of
/// the graph are; none for tensors that are not int8. Sound, not tight: the arithmetic is the
/// kernels' own on the ends of intervals, and operators without a rule give the full range.
std::vector<std::vector<Range>> RangesOf(const Graph& graph);

/// How the elements of two tensors with the same elements in the same order meet: channel c of the
/// one with more channels is channel c % n of the other, which has n. False when n does not divide.
bool ChannelsRepeat(const Tensor& a, const Tensor& b);

}  // namespace tinyfog::graph
