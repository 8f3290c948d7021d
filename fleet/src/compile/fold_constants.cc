#include <algorithm>
#include <optional>

#include "optimise.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/graph/passes.h"
#include "tinyfog/nn/all_operators.h"
#include "tinyfog/nn/interpreter.h"

namespace tinyfog::compile {
namespace {

using graph::Graph;
using graph::Node;
using graph::Op;
using graph::Tensor;

struct alignas(16) Block {
  std::uint8_t bytes[16];
};
std::span<std::uint8_t> Aligned(std::vector<Block>& storage, std::size_t size) {
  storage.resize(size / sizeof(Block) + 1);
  return {storage[0].bytes, size};
}

bool IsFoldable(const Graph& graph, const Node& node) {
  constexpr std::size_t kGrowth = 4;  // INT8 to FLOAT32
  constexpr std::size_t kSmall = 1024;
  std::size_t before = 0;
  for (const int t : node.inputs) {
    if (t < 0) continue;
    const Tensor& tensor = graph.tensors[static_cast<std::size_t>(t)];
    if (!tensor.constant) return false;
    before += tensor.constant->size();
  }
  if (before == 0 || node.outputs.size() != 1 || node.op == Op::kSvdf ||
      node.op == Op::kUnidirectionalSequenceLstm) {
    return false;
  }
  const Tensor& output = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
  return !output.constant && output.bytes() <= before * kGrowth + kSmall;
}

// The node alone.
Graph Alone(const Graph& graph, const Node& node) {
  Graph alone;
  alone.nodes.push_back(node);
  for (std::vector<int>* list : {&alone.nodes[0].inputs, &alone.nodes[0].outputs}) {
    for (int& t : *list) {
      if (t < 0) continue;
      alone.tensors.push_back(graph.tensors[static_cast<std::size_t>(t)]);
      t = static_cast<int>(alone.tensors.size()) - 1;
    }
  }
  alone.nodes[0].intermediates.clear();
  alone.outputs = alone.nodes[0].outputs;
  return alone;
}

std::optional<std::vector<std::uint8_t>> ValueOf(const Graph& alone) {
  const auto compiled = Compile(alone, {.optimise = false});
  if (!compiled.ok()) return std::nullopt;
  std::vector<Block> file;
  std::vector<Block> arena;
  const std::span<std::uint8_t> bytes = Aligned(file, compiled->tfm.size());
  std::copy(compiled->tfm.begin(), compiled->tfm.end(), bytes.begin());
  const auto model = nn::Model::Open(bytes, nn::AllOperators());
  if (!model.ok()) return std::nullopt;
  auto interpreter = nn::Interpreter::Create(*model, Aligned(arena, model->arena_bytes()));
  if (!interpreter.ok()) return std::nullopt;
  interpreter->Run();
  const auto output = interpreter->output(0);
  return std::vector<std::uint8_t>(output.begin(), output.end());
}

}  // namespace

void FoldConstants(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (!IsFoldable(graph, node)) continue;
    auto value = ValueOf(Alone(graph, node));
    if (!value) continue;  // the lowering will say what is wrong with it
    graph.tensors[static_cast<std::size_t>(node.outputs[0])].constant = std::move(*value);
    node.inputs.clear();
    node.outputs.clear();
  }
  graph::RemoveDeadNodes(graph);
}

}  // namespace tinyfog::compile
