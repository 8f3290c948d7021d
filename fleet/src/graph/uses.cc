#include "uses.h"

namespace tinyfog::graph {

Uses::Uses(const Graph& graph)
    : producer_(graph.tensors.size(), -1),
      makers_(graph.tensors.size()),
      readers_(graph.tensors.size()),
      is_port_(graph.tensors.size()) {
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    for (const int t : graph.nodes[n].inputs) {
      if (t >= 0) ++readers_[At(t)];
    }
    for (const int t : graph.nodes[n].outputs) {
      producer_[At(t)] = static_cast<int>(n);
      ++makers_[At(t)];
    }
  }
  for (const int t : graph.inputs) is_port_[At(t)] = true;
  for (const int t : graph.outputs) is_port_[At(t)] = true;
}

}  // namespace tinyfog::graph
