#include "random_graph_for_test.h"

#include <algorithm>
#include <cstring>
#include <random>

namespace tinyfog::compile {
namespace {

using graph::Op;
using Shape = std::vector<std::int32_t>;

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  graph::Graph Run() {
    const int input = Activation({1, Below(9) + 3, Below(6) + 3, Below(3) + 1});
    graph_.inputs = {input};
    int x = Convolution(input);
    maps_.push_back(x);
    const int layers = 3 + Below(7);
    for (int i = 0; i < layers; ++i) {
      x = Layer(x);
      maps_.push_back(x);
    }
    x = Head(x);
    graph_.outputs = {x};
    if (Below(6) == 0) graph_.outputs.push_back(maps_[static_cast<std::size_t>(Below(3))]);
    return std::move(graph_);
  }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  std::int8_t Byte() { return static_cast<std::int8_t>(random_() >> 24); }
  graph::Tensor& At(int t) { return graph_.tensors[static_cast<std::size_t>(t)]; }
  int Add(graph::Tensor tensor) {
    tensor.name = "t" + std::to_string(graph_.tensors.size());
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  int Activation(Shape shape) {
    graph::Tensor tensor;
    tensor.shape = std::move(shape);
    const std::int32_t zero_points[] = {-128, -128, 0, Byte()};
    tensor.quantization = {{0.01f * static_cast<float>(1 + Below(20))}, {zero_points[Below(4)]}, 0};
    return Add(std::move(tensor));
  }
  int Like(int t) { return Activation(At(t).shape); }
  // The same quantisation as well: for operators that do not rescale.
  int Twin(int t, Shape shape) {
    graph::Tensor tensor = At(t);
    tensor.constant.reset();
    tensor.shape = std::move(shape);
    return Add(std::move(tensor));
  }

  // Whole channels of zeros are frequent.
  int Filter(Shape shape, std::size_t outputs, std::size_t inputs, bool last_is_output) {
    graph::Tensor tensor;
    tensor.shape = std::move(shape);
    tensor.quantization.axis = last_is_output ? 3 : 0;
    const std::size_t scales = Below(3) == 0 ? 1 : outputs;
    for (std::size_t i = 0; i < scales; ++i) {
      tensor.quantization.scales.push_back(0.001f * static_cast<float>(1 + Below(9)));
    }
    tensor.quantization.zero_points.assign(scales, 0);
    std::vector<bool> silent(inputs);
    for (std::size_t i = 0; i < inputs; ++i) silent[i] = Below(6) == 0;
    tensor.constant.emplace(tensor.elements());
    for (std::size_t i = 0; i < tensor.constant->size(); ++i) {
      (*tensor.constant)[i] = silent[i % inputs] ? 0 : static_cast<std::uint8_t>(Byte());
    }
    return Add(std::move(tensor));
  }
  int Integers(const std::vector<std::int32_t>& values, Shape shape) {
    graph::Tensor tensor;
    tensor.type = nn::Type::kInt32;
    tensor.shape = std::move(shape);
    tensor.constant.emplace(values.size() * 4);
    std::memcpy(tensor.constant->data(), values.data(), values.size() * 4);
    return Add(std::move(tensor));
  }
  // Sometimes none; often so far out that the channel is always at its end.
  int Bias(std::int32_t channels) {
    if (Below(5) == 0) return -1;
    std::vector<std::int32_t> values;
    for (std::int32_t i = 0; i < channels; ++i) {
      const std::int32_t choices[] = {Byte(), Byte() * 50, -1000000, 1000000};
      values.push_back(choices[Below(4)]);
    }
    return Integers(values, {channels});
  }

  int Node(Op op, std::vector<int> inputs, int output, graph::Attributes attributes = {}) {
    graph_.nodes.push_back(
        {op, std::move(inputs), {output}, attributes, {}, static_cast<int>(graph_.nodes.size())});
    return output;
  }

  graph::Attributes Window(int t, int kernel) {
    graph::Attributes a;
    a.same_padding = Below(2) == 0 || At(t).shape[1] < kernel || At(t).shape[2] < kernel;
    a.stride_height = 1 + Below(2);
    a.stride_width = 1 + Below(2);
    a.filter_height = a.filter_width = kernel;
    const graph::Activation activations[] = {graph::Activation::kNone, graph::Activation::kRelu,
                                             graph::Activation::kRelu6,
                                             graph::Activation::kReluN1To1};
    a.activation = activations[Below(4)];
    return a;
  }
  Shape Slid(int t, const graph::Attributes& a, std::int32_t channels) {
    const auto size = [&](int input, int stride, int kernel) {
      return a.same_padding ? (input + stride - 1) / stride : (input - kernel) / stride + 1;
    };
    const Shape& s = At(t).shape;
    return {1, size(s[1], a.stride_height, a.filter_height),
            size(s[2], a.stride_width, a.filter_width), channels};
  }

  int Convolution(int t) {
    const int kernel = 1 + Below(3);
    return Convolution(t, kernel, Window(t, kernel), 1 + Below(9));
  }
  // A pointwise convolution that makes the map large, and a depthwise one.
  int Stream(int t) {
    graph::Attributes a = Window(t, 1);
    a.stride_height = a.stride_width = 1;
    return Depthwise(Convolution(t, 1, a, At(t).shape[3] * 4 + Below(9)));
  }
  // A narrow branch that is widened again and added to a shortcut.
  int Residual(int t) {
    graph::Attributes a = Window(t, 1);
    a.stride_height = a.stride_width = 1;
    const std::int32_t channels = At(t).shape[3] * 3 + Below(9);
    const int shortcut = Convolution(t, 1, a, channels);
    const int branch = Below(2) == 0 ? t : Convolution(t, 1, a, 1 + Below(4));
    graph::Attributes widening = Window(branch, 1 + Below(3));
    widening.same_padding = true;
    widening.stride_height = widening.stride_width = 1;
    const int wide = Convolution(branch, widening.filter_height, widening, channels);
    std::vector<int> operands = {wide, shortcut};
    if (Below(2) == 0) std::swap(operands[0], operands[1]);
    graph::Attributes sum;
    sum.activation = Below(2) == 0 ? graph::Activation::kRelu : graph::Activation::kNone;
    return Node(Op::kAdd, operands, Like(wide), sum);
  }
  int Convolution(int t, int kernel, const graph::Attributes& a, std::int32_t outputs) {
    const std::int32_t inputs = At(t).shape[3];
    const int filter = Filter({outputs, kernel, kernel, inputs}, static_cast<std::size_t>(outputs),
                              static_cast<std::size_t>(inputs), false);
    const int bias = Bias(outputs);
    return Node(Op::kConv2d, {t, filter, bias}, Activation(Slid(t, a, outputs)), a);
  }
  int Depthwise(int t) {
    const int kernel = 1 + Below(3);
    const graph::Attributes a = Window(t, kernel);
    const std::int32_t outputs = At(t).shape[3] * (1 + Below(4) / 3);
    const std::size_t count = static_cast<std::size_t>(outputs);
    const int filter = Filter({1, kernel, kernel, outputs}, count, count, true);
    const int bias = Bias(outputs);
    return Node(Op::kDepthwiseConv2d, {t, filter, bias}, Activation(Slid(t, a, outputs)), a);
  }
  int Pool(int t) {
    const graph::Attributes a = Window(t, 2);
    const int output = Twin(t, Slid(t, a, At(t).shape[3]));
    return Node(Below(2) == 0 ? Op::kAveragePool2d : Op::kMaxPool2d, {t}, output, a);
  }
  int Pad(int t) {
    const std::int32_t top = Below(2), bottom = Below(3), left = Below(2), right = Below(2);
    const Shape s = At(t).shape;
    const int pads = Integers({0, 0, top, bottom, left, right, 0, 0}, {4, 2});
    return Node(Op::kPad, {t, pads}, Twin(t, {1, s[1] + top + bottom, s[2] + left + right, s[3]}));
  }
  // Sometimes what a node makes of it.
  int Constant(int like, std::int32_t channels) {
    int constant = Twin(like, {channels});
    At(constant).constant.emplace(At(constant).elements());
    for (std::uint8_t& byte : *At(constant).constant) byte = static_cast<std::uint8_t>(Byte());
    if (Below(3) == 0) constant = Activate(constant);
    return constant;
  }
  // With an earlier map of the same shape, or with constants for each channel.
  int Binary(int t) {
    const Op ops[] = {Op::kAdd, Op::kSub, Op::kMul, Op::kMaximum, Op::kMinimum};
    const Op op = ops[Below(5)];
    int other = -1;
    for (const int map : maps_) {
      if (map != t && At(map).shape == At(t).shape) other = map;
    }
    const bool raw = op == Op::kMaximum || op == Op::kMinimum;
    if (other < 0 || Below(3) == 0) {
      other = Constant(t, Below(3) == 0 ? 1 : At(t).shape[3]);
    }
    const int output = raw ? Twin(t, At(t).shape) : Like(t);
    if (Below(8) == 0) Node(op, {t, other}, Twin(output, At(t).shape));  // nobody reads it
    return Below(2) == 0 ? Node(op, {t, other}, output) : Node(op, {other, t}, output);
  }
  int Activate(int t) {
    const Op ops[] = {Op::kRelu, Op::kRelu6, Op::kReluN1To1, Op::kQuantize, Op::kLogistic};
    const Op op = ops[Below(5)];
    const int output = Below(2) == 0 && op != Op::kLogistic ? Twin(t, At(t).shape) : Like(t);
    if (op == Op::kLogistic) At(output).quantization = {{1.0f / 256}, {-128}, 0};
    return Node(op, {t}, output);
  }
  int Layer(int t) {
    switch (Below(11)) {
      case 0:
      case 1:
        return Convolution(t);
      case 2:
      case 3:
        return Depthwise(t);
      case 4:
        return Pool(t);
      case 5:
        return Pad(t);
      case 6:
        return Activate(t);
      case 7:
        return Stream(t);
      case 8:
        return Residual(t);
      default:
        return Binary(t);
    }
  }

  int Head(int t) {
    const std::int32_t columns = static_cast<std::int32_t>(At(t).elements());
    if (Below(2) == 0) {
      const int shape = Integers({1, columns}, {2});
      t = Node(Op::kReshape, {t, shape}, Twin(t, {1, columns}));
    }
    const std::int32_t rows = 2 + Below(4);
    const std::size_t count = static_cast<std::size_t>(rows);
    const int filter = Filter({rows, columns}, count, static_cast<std::size_t>(columns), false);
    const int bias = Bias(rows);
    const int logits = Node(Op::kFullyConnected, {t, filter, bias}, Activation({1, rows}));
    const int output = Activation({1, rows});
    At(output).quantization = {{1.0f / 256}, {-128}, 0};
    return Node(Op::kSoftmax, {logits}, output);
  }

  graph::Graph graph_;
  std::mt19937 random_;
  std::vector<int> maps_;
};

}  // namespace

graph::Graph RandomGraph(std::uint32_t seed) { return Generator(seed).Run(); }

}  // namespace tinyfog::compile
