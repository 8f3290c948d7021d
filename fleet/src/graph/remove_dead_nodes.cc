#include <algorithm>

#include "tinyfog/graph/passes.h"

namespace tinyfog::graph {

void RemoveDeadNodes(Graph& graph) {
  std::vector<bool> needed(graph.tensors.size());
  const auto is_needed = [&](int t) { return t >= 0 && needed[static_cast<std::size_t>(t)]; };
  for (const int t : graph.outputs) needed[static_cast<std::size_t>(t)] = true;
  std::vector<Node> kept;
  for (std::size_t n = graph.nodes.size(); n-- > 0;) {
    Node& node = graph.nodes[n];
    if (std::none_of(node.outputs.begin(), node.outputs.end(), is_needed)) continue;
    for (const int t : node.inputs) {
      if (t >= 0) needed[static_cast<std::size_t>(t)] = true;
    }
    kept.push_back(std::move(node));
  }
  std::reverse(kept.begin(), kept.end());
  graph.nodes = std::move(kept);
}

}  // namespace tinyfog::graph
