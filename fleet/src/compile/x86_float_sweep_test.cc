#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <map>
#include <random>

#include "runner_for_test.h"

// Single float operators of random shapes with the x86 kernels, against the generic ones.
namespace tinyfog::compile {
namespace {

using graph::Op;

// Of sums whose terms are so small that they are of order 1: the generic kernel's own error, the
// order of sums, and what Winograd's transforms add.
constexpr float kTolerance = 1e-5f;
constexpr float kWinogradTolerance = 3e-5f;

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  graph::Graph Run() {
    const int kind = Below(6);
    const std::int32_t channels = Below(3) == 0 ? 16 * (1 + Below(4)) : 1 + Below(70);
    const int input = Map({1 + Below(2), 1 + Below(12), 1 + Below(20), channels});
    graph_.inputs = {input};
    switch (kind) {
      case 0:
        graph_.outputs = {Dense(input)};
        break;
      case 1:
        graph_.outputs = {Sum(input)};
        break;
      case 2:
        graph_.outputs = {AveragePool(input)};
        break;
      default:
        graph_.outputs = {Convolution(input, kind == 3, kind == 4)};
    }
    return std::move(graph_);
  }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  int Add(graph::Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }
  int Map(std::vector<std::int32_t> shape) {
    graph::Tensor tensor;
    tensor.type = nn::Type::kFloat32;
    tensor.shape = std::move(shape);
    return Add(std::move(tensor));
  }
  int Constant(std::vector<std::int32_t> shape, float largest) {
    const int index = Map(std::move(shape));
    graph::Tensor& tensor = graph_.tensors[static_cast<std::size_t>(index)];
    std::uniform_real_distribution<float> value(-largest, largest);
    tensor.constant.emplace(tensor.bytes());
    for (std::size_t i = 0; i < tensor.elements(); ++i) {
      const float x = value(random_);
      std::memcpy(tensor.constant->data() + i * 4, &x, 4);
    }
    return index;
  }
  void SetWindow(graph::Attributes& a, const std::vector<std::int32_t>& in, std::int32_t height,
                 std::int32_t width) {
    a.same_padding = Below(2) == 0 || in[1] < height || in[2] < width;
    a.activation = Below(2) == 0 ? graph::Activation::kRelu6 : graph::Activation::kNone;
  }
  int Slid(const graph::Attributes& a, const std::vector<std::int32_t>& in, std::int32_t height,
           std::int32_t width, std::int32_t channels) {
    const auto slid = [&](std::int32_t size, std::int32_t stride, std::int32_t kernel) {
      return a.same_padding ? (size + stride - 1) / stride : (size - kernel) / stride + 1;
    };
    return Map({in[0], slid(in[1], a.stride_height, height), slid(in[2], a.stride_width, width),
                channels});
  }
  // 3x3 is frequent, with stride 1 a case of its own. Few channels share a block.
  int Convolution(int input, bool depthwise, bool three) {
    graph::Attributes a;
    const std::vector<std::int32_t> in = graph_.tensors[0].shape;
    const bool is_square = three || Below(3) == 0;
    const std::int32_t height = is_square ? 3 : 1 + Below(5), width = is_square ? 3 : 1 + Below(5);
    SetWindow(a, in, height, width);
    if (!three) {
      a.stride_height = 1 + Below(3);
      a.stride_width = 1 + Below(3);
    }
    const std::int32_t channels = depthwise       ? in[3]
                                  : three         ? 16 * (1 + Below(4))
                                  : Below(3) == 0 ? 1 << Below(4)
                                                  : 1 + Below(70);
    const auto terms = static_cast<float>(height * width * (depthwise ? 1 : in[3]));
    const int filter = depthwise ? Constant({1, height, width, channels}, 1 / std::sqrt(terms))
                                 : Constant({channels, height, width, in[3]}, 1 / std::sqrt(terms));
    const int bias = Constant({channels}, 1);
    const int output = Slid(a, in, height, width, channels);
    const Op op = depthwise ? Op::kDepthwiseConv2d : Op::kConv2d;
    graph_.nodes.push_back({op, {input, filter, bias}, {output}, a, {}, 0});
    return output;
  }
  int Dense(int input) {
    const std::int32_t columns = 1 + Below(300), rows = 1 + Below(300);
    graph_.tensors[0].shape = {1 + Below(3), columns};
    const int filter = Constant({rows, columns}, 1 / std::sqrt(static_cast<float>(columns)));
    const int bias = Constant({rows}, 1);
    const int output = Map({graph_.tensors[0].shape[0], rows});
    graph_.nodes.push_back({Op::kFullyConnected, {input, filter, bias}, {output}, {}, {}, 0});
    return output;
  }
  int Sum(int input) {
    const std::vector<std::int32_t> in = graph_.tensors[0].shape;
    const int other = Below(3) == 0 ? Map({in[3]}) : Map(in);
    graph_.inputs.push_back(other);
    const int output = Map(in);
    graph::Attributes a;
    a.activation = Below(2) == 0 ? graph::Activation::kRelu : graph::Activation::kNone;
    graph_.nodes.push_back(
        {Below(2) == 0 ? Op::kAdd : Op::kSub, {input, other}, {output}, a, {}, 0});
    return output;
  }
  int AveragePool(int input) {
    const std::vector<std::int32_t> in = graph_.tensors[0].shape;
    graph::Attributes a;
    a.filter_height = 1 + Below(in[1]);
    a.filter_width = 1 + Below(in[2]);
    a.stride_height = 1 + Below(3);
    a.stride_width = 1 + Below(3);
    SetWindow(a, in, a.filter_height, a.filter_width);
    const int output = Slid(a, in, a.filter_height, a.filter_width, in[3]);
    graph_.nodes.push_back({Op::kAveragePool2d, {input}, {output}, a, {}, 0});
    return output;
  }

  graph::Graph graph_;
  std::mt19937 random_;
};

std::vector<float> Floats(std::span<const std::uint8_t> bytes) {
  std::vector<float> floats(bytes.size() / 4);
  std::memcpy(floats.data(), bytes.data(), floats.size() * 4);
  return floats;
}

// Inputs from -1 to 1, or any bits.
std::vector<float> OutputOf(Runner& runner, std::uint32_t seed, bool any_bits) {
  std::mt19937 random(seed);
  nn::Interpreter& interpreter = runner.interpreter();
  for (std::uint16_t i = 0; i < interpreter.model().input_count(); ++i) {
    const auto bytes = interpreter.input(i);
    for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
      const std::uint32_t bits = random();
      const float x = static_cast<float>(bits) / 2147483648.0f - 1;
      any_bits ? std::memcpy(&bytes[at], &bits, 4) : std::memcpy(&bytes[at], &x, 4);
    }
  }
  interpreter.Run();
  return Floats(interpreter.output(0));
}

float LargestDifference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return INFINITY;
  float largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const float difference = std::abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;  // NaN stays
  }
  return largest;
}

TEST(X86FloatSweep, RandomShapesGiveTheGenericKernelsResults) {
  constexpr std::uint32_t kShapes = 500;
  std::map<std::string, int> kernels;
  std::map<std::string, float> worst;
  for (std::uint32_t seed = 1; seed <= kShapes; ++seed) {
    const graph::Graph graph = Generator(seed).Run();
    auto plain = Runner::FromGraph(graph, {.optimise = false});
    ASSERT_TRUE(plain.ok()) << "seed " << seed << ": " << plain.error().message;
    const std::vector<float> expected = OutputOf(**plain, seed, false);
    for (const nn::X86Isa isa : nn::AllX86Isas()) {
      if (!nn::IsSupported(isa)) continue;
      auto runner = Runner::FromGraph(graph, {.target = nn::TargetOf(isa), .optimise = false}, isa);
      ASSERT_TRUE(runner.ok()) << "seed " << seed << ": " << runner.error().message;
      const std::string kernel = (*runner)->compiled().steps[0].kernel;
      ++kernels[kernel];
      const bool is_winograd = kernel.find("winograd") != std::string::npos;
      const float difference = LargestDifference(OutputOf(**runner, seed, false), expected);
      worst[kernel] = std::max(worst[kernel], difference);
      ASSERT_LE(difference, is_winograd ? kWinogradTolerance : kTolerance)
          << nn::NameOf(isa) << ' ' << kernel << " seed " << seed;
      OutputOf(**runner, seed, true);  // NaN and infinity among them: it ends
    }
  }
  for (const char* name : {"conv_float_x86", "winograd_float_x86", "depthwise_float_x86",
                           "fully_connected_float_x86", "binary_float", "average_pool_float"}) {
    EXPECT_GT(kernels[name], 25) << name;
  }
  for (const auto& [kernel, difference] : worst) {
    std::cout << kernel << ": largest difference " << difference << '\n';
  }
}

}  // namespace
}  // namespace tinyfog::compile
