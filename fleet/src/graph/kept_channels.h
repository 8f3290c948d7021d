#pragma once

#include <optional>
#include <vector>

#include "ranges.h"
#include "tinyfog/graph/graph.h"
#include "weighted.h"

namespace tinyfog::graph {

/// Which channels of each tensor have to stay.
struct KeptChannels {
  std::vector<std::vector<std::uint8_t>> kept;    // of each tensor, one flag for each channel
  std::vector<std::optional<Weighted>> weighted;  // of each node
  std::vector<std::vector<Range>> ranges;         // of each tensor

  bool is_whole(int tensor) const;
  bool Keeps(int tensor, std::size_t channel) const {
    return kept[static_cast<std::size_t>(tensor)][channel] != 0;
  }
};

/// A channel may go when it is constant for every input or when nothing reads it, and every
/// operator that touches it can do without: convolutions and fully connected layers take its share
/// into their bias, operators that work channel by channel lose it in input and output alike, all
/// others keep their tensors whole. At least one channel of each tensor stays. The inputs and
/// outputs of the graph are whole.
KeptChannels FindKeptChannels(const Graph& graph);

}  // namespace tinyfog::graph
