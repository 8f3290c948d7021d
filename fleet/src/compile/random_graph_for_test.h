#pragma once

#include <cstdint>

#include "tinyfog/graph/graph.h"

namespace tinyfog::compile {

/// A small int8 network, the same for the same seed: convolutions of all kinds, pools, additions,
/// activations, paddings, moves, then a fully connected layer. Many of its channels are constant,
/// unread or saturated, so that passes find work.
graph::Graph RandomGraph(std::uint32_t seed);

}  // namespace tinyfog::compile
