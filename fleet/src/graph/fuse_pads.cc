#include <algorithm>
#include <cstring>

#include "tinyfog/graph/padding.h"
#include "tinyfog/graph/passes.h"
#include "uses.h"

namespace tinyfog::graph {
namespace {

const Tensor* InputOf(const Graph& graph, const Node& node, std::size_t i) {
  if (i >= node.inputs.size() || node.inputs[i] < 0) return nullptr;
  return &graph.tensors[static_cast<std::size_t>(node.inputs[i])];
}

// Whether it pads with what a convolution sees around a map.
bool PadsWithZero(const Graph& graph, const Node& node) {
  const Tensor& input = *InputOf(graph, node, 0);
  const Tensor* value = InputOf(graph, node, 2);
  if (value == nullptr) return true;
  if (!value->constant || value->elements() != 1 || value->type != input.type) return false;
  if (input.type == nn::Type::kInt8) {
    return static_cast<std::int8_t>((*value->constant)[0]) == input.quantization.zero_point();
  }
  float real = 1;
  if (input.type == nn::Type::kFloat32) std::memcpy(&real, value->constant->data(), sizeof(real));
  return real == 0;
}

// What a PAD adds around its maps; nothing if it does anything else.
std::optional<Padding> PaddingFrom(const Graph& graph, const Node& node) {
  const Tensor* input = InputOf(graph, node, 0);
  const Tensor* sizes = InputOf(graph, node, 1);
  if ((node.op != Op::kPad && node.op != Op::kPadV2) || input == nullptr || sizes == nullptr ||
      !sizes->constant || sizes->type != nn::Type::kInt32 || sizes->elements() != 8 ||
      input->shape.size() != 4 || node.outputs.size() != 1 || !PadsWithZero(graph, node)) {
    return std::nullopt;
  }
  const Tensor& output = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
  std::int32_t p[8];
  std::memcpy(p, sizes->constant->data(), sizeof(p));
  constexpr std::int32_t kMost = 1000;
  for (const std::int32_t size : p) {
    if (size < 0 || size > kMost) return std::nullopt;
  }
  const bool fits = output.shape.size() == 4 && p[0] + p[1] + p[6] + p[7] == 0 &&
                    output.shape[0] == input->shape[0] && output.shape[3] == input->shape[3] &&
                    output.shape[1] == input->shape[1] + p[2] + p[3] &&
                    output.shape[2] == input->shape[2] + p[4] + p[5] &&
                    output.type == input->type && !output.four_bit &&
                    output.quantization.scales == input->quantization.scales &&
                    output.quantization.zero_points == input->quantization.zero_points;
  return fits ? std::optional(Padding{p[2], p[4], p[3], p[5]}) : std::nullopt;
}

// The convolution's own padding, if its shapes fit.
std::optional<Padding> OwnPadding(const Graph& graph, const Node& node) {
  const Attributes& a = node.attributes;
  const Tensor* input = InputOf(graph, node, 0);
  const Tensor* filter = InputOf(graph, node, 1);
  if ((node.op != Op::kConv2d && node.op != Op::kDepthwiseConv2d) || filter == nullptr ||
      node.outputs.size() != 1 || filter->shape.size() != 4) {
    return std::nullopt;
  }
  const Tensor& output = graph.tensors[static_cast<std::size_t>(node.outputs[0])];
  const int small[] = {a.stride_height, a.stride_width, a.dilation_height, a.dilation_width};
  for (const int value : small) {
    if (value < 1 || value > 255) return std::nullopt;
  }
  constexpr std::int32_t kMost = 65535;
  if (output.shape.size() != 4 || filter->shape[1] > kMost || filter->shape[2] > kMost ||
      output.shape[1] > kMost || output.shape[2] > kMost) {
    return std::nullopt;
  }
  return PaddingOf(a, *input, output, filter->shape[1], filter->shape[2]);
}

// Kernels may count on it.
bool EveryWindowMeetsTheMap(const Padding& p, const Tensor& filter) {
  return std::max(p.top, p.bottom) < filter.shape[1] && std::max(p.left, p.right) < filter.shape[2];
}

}  // namespace

void FusePads(Graph& graph) {
  const Uses uses(graph);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    Node& node = graph.nodes[n];
    if (InputOf(graph, node, 0) == nullptr) continue;
    const int producer = uses.Producer(node.inputs[0]);
    if (producer < 0 || static_cast<std::size_t>(producer) >= n) continue;
    const Node& pad = graph.nodes[static_cast<std::size_t>(producer)];
    const auto around = PaddingFrom(graph, pad);
    const auto own = around ? OwnPadding(graph, node) : std::nullopt;
    if (!own) continue;
    const Padding sum = {around->top + own->top, around->left + own->left,
                         around->bottom + own->bottom, around->right + own->right};
    if (!EveryWindowMeetsTheMap(sum, *InputOf(graph, node, 1))) continue;
    node.attributes.padding = sum;
    node.inputs[0] = pad.inputs[0];
  }
  RemoveDeadNodes(graph);
}

}  // namespace tinyfog::graph
