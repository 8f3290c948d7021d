#include "optimise.h"

#include "tinyfog/graph/passes.h"

namespace tinyfog::compile {

graph::Graph Optimised(const graph::Graph& source) {
  graph::Graph graph = source;
  FoldConstants(graph);
  graph::RemoveDeadNodes(graph);
  graph::AliasIdentities(graph);
  graph::FuseActivations(graph);
  graph::FusePads(graph);
  graph::RemoveConstantChannels(graph);
  return graph.nodes.empty() ? source : graph;
}

}  // namespace tinyfog::compile
