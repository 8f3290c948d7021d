#include "float_graph_for_test.h"

#include <algorithm>
#include <cstring>

#include "random_graph_for_test.h"
#include "tinyfog/graph/weights.h"

namespace tinyfog::compile {
namespace {

using graph::Op;

class Conversion {
 public:
  explicit Conversion(graph::Graph graph) : graph_(std::move(graph)) {}

  graph::Graph Run() {
    LeaveOutSoftmax();
    for (graph::Node& node : graph_.nodes) {
      if (IsWeighted(node.op)) ConvertBias(node);
      if (node.op == Op::kQuantize) node.op = Op::kRelu;
      if (node.op == Op::kLogistic) {
        node.op = Op::kLeakyRelu;
        node.attributes.alpha = 0.25f;
      }
    }
    for (const graph::Node& node : graph_.nodes) {
      if (IsWeighted(node.op)) ConvertFilter(node);
    }
    for (graph::Tensor& tensor : graph_.tensors) {
      if (tensor.type == nn::Type::kInt8) Convert(tensor, 1.0f / 32);
    }
    return std::move(graph_);
  }

 private:
  static bool IsWeighted(Op op) {
    return op == Op::kConv2d || op == Op::kDepthwiseConv2d || op == Op::kFullyConnected;
  }
  graph::Tensor& At(int t) { return graph_.tensors[static_cast<std::size_t>(t)]; }

  void LeaveOutSoftmax() {
    const graph::Node softmax = graph_.nodes.back();
    graph_.nodes.pop_back();
    std::replace(graph_.outputs.begin(), graph_.outputs.end(), softmax.outputs[0],
                 softmax.inputs[0]);
  }

  static void Convert(graph::Tensor& tensor, float scale) {
    std::vector<float> values;
    if (tensor.constant) values = graph::ValuesOf(tensor);
    for (float& value : values) value *= scale;
    tensor.type = nn::Type::kFloat32;
    tensor.quantization = {};
    if (tensor.constant) tensor.constant = graph::BytesOf(values, tensor);
  }

  // Absolute weights of an output add up to 2 at most.
  void ConvertFilter(const graph::Node& node) {
    graph::Tensor& filter = At(node.inputs[1]);
    const std::size_t outputs = static_cast<std::size_t>(At(node.outputs[0]).shape.back());
    Convert(filter, static_cast<float>(outputs) / static_cast<float>(filter.elements() * 64));
  }

  void ConvertBias(const graph::Node& node) {
    if (node.inputs[2] < 0) return;
    graph::Tensor& bias = At(node.inputs[2]);
    for (std::size_t i = 0; i < bias.elements(); ++i) {
      std::int32_t integer;
      std::memcpy(&integer, bias.constant->data() + i * 4, 4);
      const float most = i % 3 == 0 ? 20.0f : 1.0f;
      const float value = std::clamp(static_cast<float>(integer) / 128, -most, most);
      std::memcpy(bias.constant->data() + i * 4, &value, 4);
    }
    bias.type = nn::Type::kFloat32;
  }

  graph::Graph graph_;
};

}  // namespace

graph::Graph RandomFloatGraph(std::uint32_t seed) { return Conversion(RandomGraph(seed)).Run(); }

}  // namespace tinyfog::compile
