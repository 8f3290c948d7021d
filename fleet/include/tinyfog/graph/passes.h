#pragma once

#include "tinyfog/graph/graph.h"

/// Passes: graph to graph, for any target, equal bytes at every output. They keep the indices of
/// tensors (new ones come last), so that a tensor can be compared before and after. Each works on
/// any graph that satisfies tflite::Check and leaves alone what it does not understand.
namespace tinyfog::graph {

/// Takes out channels that have the same value for every input, and channels that nothing reads
/// (see fleet/graph in fleet/README.md). Tensor::removed says which. A second call does nothing.
void RemoveConstantChannels(Graph& graph);

}  // namespace tinyfog::graph
