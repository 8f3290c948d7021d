#include <optional>

#include "tinyfog/graph/passes.h"
#include "tinyfog/graph/scale.h"
#include "uses.h"

namespace tinyfog::graph {
namespace {

// Whether the operator's kernels clamp to its fused activation.
bool ClampsItsOutput(const Node& node, nn::Type type) {
  switch (node.op) {
    case Op::kConv2d:
    case Op::kDepthwiseConv2d:
    case Op::kFullyConnected:
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kAveragePool2d:
    case Op::kMaxPool2d:
      return type == nn::Type::kInt8 || type == nn::Type::kInt16 || type == nn::Type::kFloat32;
    default:
      return false;
  }
}

// One activation that is both, one after the other.
std::optional<Activation> Both(Activation first, Activation second) {
  const auto is_relu = [](Activation a) {
    return a == Activation::kRelu || a == Activation::kRelu6;
  };
  if (first == Activation::kNone || first == second) return second;
  if (is_relu(first) && is_relu(second)) return Activation::kRelu6;
  return std::nullopt;
}

}  // namespace

void FuseActivations(Graph& graph) {
  Uses uses(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& node = graph.nodes[n];
    const Activation activation = ActivationOf(node.op);
    if (activation == Activation::kNone || node.inputs.size() != 1 || node.inputs[0] < 0 ||
        node.outputs.size() != 1 || !uses.HasOneReader(node.inputs[0])) {
      continue;
    }
    const Tensor& before = graph.tensors[static_cast<std::size_t>(node.inputs[0])];
    const Tensor& after = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
    const int producer = uses.Producer(node.inputs[0]);
    // With equal quantisation the activation's rescaling is exact: only its clamp is left.
    if (producer < 0 || static_cast<std::size_t>(producer) >= n || before.constant ||
        before.type != after.type || before.shape != after.shape ||
        (before.type != nn::Type::kFloat32 && !RescalesExactly(before, after))) {
      continue;
    }
    Node& maker = graph.nodes[static_cast<std::size_t>(producer)];
    const auto both = Both(maker.attributes.activation, activation);
    if (!both || maker.outputs.size() != 1 || !ClampsItsOutput(maker, before.type)) continue;
    maker.attributes.activation = *both;
    maker.outputs = node.outputs;
    maker.source = node.source;
    uses.SetProducer(node.outputs[0], producer);
    node.inputs.clear();
    node.outputs.clear();
  }
  RemoveDeadNodes(graph);
}

}  // namespace tinyfog::graph
