#include "sample_graph_for_test.h"

namespace tinyfog::compile {
namespace {

using graph::Graph;
using graph::Op;

class Builder {
 public:
  int Activation(std::vector<std::int32_t> shape, nn::Type type = nn::Type::kInt8) {
    graph::Tensor tensor;
    tensor.name = "t" + std::to_string(graph_.tensors.size());
    tensor.type = type;
    tensor.shape = std::move(shape);
    if (type == nn::Type::kInt8) tensor.quantization = {{0.05f}, {3}, 0};
    return Add(std::move(tensor));
  }
  int Weights(std::vector<std::int32_t> shape) {
    graph::Tensor tensor;
    tensor.name = "w";
    tensor.shape = std::move(shape);
    tensor.quantization = {{0.01f}, {0}, 0};
    tensor.constant.emplace(tensor.elements());
    for (std::uint8_t& byte : *tensor.constant) byte = Next();
    return Add(std::move(tensor));
  }
  int Integers(const std::vector<std::int32_t>& values, std::vector<std::int32_t> shape) {
    graph::Tensor tensor;
    tensor.type = nn::Type::kInt32;
    tensor.shape = std::move(shape);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
    tensor.constant.emplace(bytes, bytes + values.size() * 4);
    return Add(std::move(tensor));
  }
  int Node(Op op, std::vector<int> inputs, int output, graph::Attributes attributes = {}) {
    graph_.nodes.push_back(
        {op, std::move(inputs), {output}, attributes, {}, static_cast<int>(graph_.nodes.size())});
    return output;
  }
  Graph Finish(int input, int output) {
    graph_.inputs = {input};
    graph_.outputs = {output};
    return std::move(graph_);
  }
  graph::Tensor& tensor(int index) { return graph_.tensors[static_cast<std::size_t>(index)]; }

 private:
  int Add(graph::Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }
  std::uint8_t Next() {
    random_ = random_ * 1664525u + 1013904223u;
    return static_cast<std::uint8_t>(random_ >> 24);
  }

  Graph graph_;
  std::uint32_t random_ = 1;
};

}  // namespace

Graph SampleGraph() {
  Builder b;
  graph::Attributes same;
  same.same_padding = true;
  graph::Attributes pool;
  pool.filter_height = pool.filter_width = pool.stride_height = pool.stride_width = 2;
  const int input = b.Activation({1, 4, 4, 2}, nn::Type::kFloat32);
  int x = b.Node(Op::kQuantize, {input}, b.Activation({1, 4, 4, 2}));
  x = b.Node(Op::kConv2d, {x, b.Weights({4, 3, 3, 2}), b.Integers({1, 2, 3, 4}, {4})},
             b.Activation({1, 4, 4, 4}), same);
  const int branch = x;
  x = b.Node(Op::kDepthwiseConv2d, {x, b.Weights({1, 3, 3, 4}), -1}, b.Activation({1, 4, 4, 4}),
             same);
  x = b.Node(Op::kAdd, {x, branch}, b.Activation({1, 4, 4, 4}));
  x = b.Node(Op::kLogistic, {x}, b.Activation({1, 4, 4, 4}));
  x = b.Node(Op::kTranspose, {x, b.Integers({0, 2, 1, 3}, {4})}, b.Activation({1, 4, 4, 4}));
  x = b.Node(Op::kPad, {x, b.Integers({0, 0, 1, 1, 0, 2, 0, 0}, {4, 2})},
             b.Activation({1, 6, 6, 4}));
  x = b.Node(Op::kMaxPool2d, {x}, b.Activation({1, 3, 3, 4}), pool);
  x = b.Node(Op::kResizeBilinear, {x}, b.Activation({1, 5, 5, 4}));
  x = b.Node(Op::kGather, {x, b.Integers({4, 0, 2}, {3})}, b.Activation({3, 5, 5, 4}));
  x = b.Node(Op::kMean, {x, b.Integers({1, 2}, {2})}, b.Activation({3, 4}));
  x = b.Node(Op::kFullyConnected, {x, b.Weights({5, 4}), -1}, b.Activation({3, 5}));
  const int probabilities = b.Activation({3, 5});
  b.tensor(probabilities).quantization = {{1.0f / 256}, {-128}, 0};
  x = b.Node(Op::kSoftmax, {x}, probabilities);
  x = b.Node(Op::kDequantize, {x}, b.Activation({3, 5}, nn::Type::kFloat32));
  return b.Finish(input, x);
}

}  // namespace tinyfog::compile
