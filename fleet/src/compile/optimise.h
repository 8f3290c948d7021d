#pragma once

#include "tinyfog/graph/graph.h"

namespace tinyfog::compile {

/// Nodes whose inputs are all constant are run here and now, by the kernels that a node would run;
/// not where the result would take much more memory than what it is made of.
void FoldConstants(graph::Graph& graph);

/// Every pass, in order. A graph of which nothing would be left stays as it is.
graph::Graph Optimised(const graph::Graph& graph);

}  // namespace tinyfog::compile
