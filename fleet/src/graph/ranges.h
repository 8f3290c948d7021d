#pragma once

#include <vector>

#include "range.h"
#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// Of each tensor, the range of each channel (index in the last dimension) whatever the inputs of
/// the graph are; none for tensors that are neither int8 nor float32. Sound, not tight: for int8
/// the arithmetic is the kernels' own on the ends of intervals, for float32 it allows for rounding,
/// and operators without a rule give the full range. Float inputs lie within kLargestInput
/// (passes.h); what a float operator without bounds could give is cut off at the largest float. A
/// float channel whose inputs are constant is constant but for rounding.
std::vector<std::vector<Range>> RangesOf(const Graph& graph);

/// How the elements of two tensors with the same elements in the same order meet: channel c of the
/// one with more channels is channel c % n of the other, which has n. False when n does not divide.
bool ChannelsRepeat(const Tensor& a, const Tensor& b);

}  // namespace tinyfog::graph
