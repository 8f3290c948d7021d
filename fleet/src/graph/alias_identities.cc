#include "tinyfog/graph/passes.h"
#include "tinyfog/graph/scale.h"

namespace tinyfog::graph {
namespace {

// Rescaling by 1 shifts left once: wider types could overflow.
bool IsNarrow(nn::Type type) {
  return type == nn::Type::kInt8 || type == nn::Type::kUint8 || type == nn::Type::kInt16;
}

// Whether the output is the input, byte for byte.
bool IsIdentity(const Node& node, const Tensor& input, const Tensor& output) {
  if (input.type != output.type || input.four_bit || output.four_bit ||
      input.shape != output.shape) {
    return false;
  }
  switch (node.op) {
    case Op::kQuantize:
      return IsNarrow(input.type) && RescalesExactly(input, output);
    case Op::kRelu:
    case Op::kRelu6:
    case Op::kReluN1To1:
      return IsNarrow(input.type) && RescalesExactly(input, output) &&
             ClampOf(ActivationOf(node.op), output) ==
                 Clamp{LowestOf(output.type), HighestOf(output.type)};
    case Op::kPad:
    case Op::kPadV2:
    case Op::kSlice:
    case Op::kBroadcastTo:
    case Op::kCast:
      return true;
    case Op::kConcatenation:
      return node.inputs.size() == 1 && node.attributes.activation == Activation::kNone;
    default:
      return false;
  }
}

}  // namespace

void AliasIdentities(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (node.inputs.empty() || node.inputs[0] < 0 || node.outputs.size() != 1) continue;
    const Tensor& input = graph.tensors[static_cast<std::size_t>(node.inputs[0])];
    const Tensor& output = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
    if (!IsIdentity(node, input, output)) continue;
    node.op = Op::kReshape;
    node.inputs.resize(1);
  }
}

}  // namespace tinyfog::graph
