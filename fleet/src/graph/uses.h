#pragma once

#include <vector>

#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// Who makes and who reads each tensor of a graph, as it was when this was made.
class Uses {
 public:
  explicit Uses(const Graph& graph);

  /// The only node that makes it; -1: none or several.
  int Producer(int tensor) const { return makers_[At(tensor)] == 1 ? producer_[At(tensor)] : -1; }
  void SetProducer(int tensor, int node) { producer_[At(tensor)] = node; }
  /// Inputs of nodes that it is.
  int ReaderCount(int tensor) const { return readers_[At(tensor)]; }
  bool IsPort(int tensor) const { return is_port_[At(tensor)]; }
  /// Whether exactly one input of a node is all that it is used for.
  bool HasOneReader(int tensor) const { return ReaderCount(tensor) == 1 && !IsPort(tensor); }

 private:
  static std::size_t At(int tensor) { return static_cast<std::size_t>(tensor); }

  std::vector<int> producer_;
  std::vector<int> makers_;
  std::vector<int> readers_;
  std::vector<bool> is_port_;
};

}  // namespace tinyfog::graph
