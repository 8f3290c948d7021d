#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <random>

#include "runner_for_test.h"

// Single operators of random shapes with the kernels of every target, against the generic ones.
namespace tinyfog::compile {
namespace {

using graph::Op;

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  graph::Graph Run() {
    const int kind = Below(4);
    std::int32_t channels = 1 + Below(kind == 3 ? 300 : 70);
    if (Below(2) == 0) channels = (channels + 3) / 4 * 4;
    // These share vectors.
    if (kind == 0 && Below(2) == 0) channels = 8 << Below(5);
    const int input = Activation({Below(4) == 0 ? 2 : 1, 1 + Below(12), 1 + Below(20), channels});
    graph_.inputs = {input};
    if (kind == 3) {
      graph_.tensors[0].shape = {1 + Below(3), channels};
      graph_.outputs = {Dense(input)};
    } else {
      graph_.outputs = {Convolution(input, kind == 0)};
    }
    return std::move(graph_);
  }

  graph::Graph RunPool() {
    const std::vector<std::int32_t> in = {1, 1 + Below(24), 1 + Below(40), 1 + Below(100)};
    graph_.inputs = {Activation(in)};
    graph::Attributes a;
    const bool is_whole = Below(3) == 0;
    a.filter_height = is_whole ? in[1] : 1 + Below(in[1]);
    a.filter_width = is_whole ? in[2] : 1 + Below(in[2]);
    a.stride_height = 1 + Below(3);
    a.stride_width = 1 + Below(3);
    a.same_padding = Below(2) == 0;
    a.activation = Below(2) == 0 ? graph::Activation::kRelu : graph::Activation::kNone;
    const auto slid = [&](std::int32_t size, std::int32_t stride, std::int32_t filter) {
      return a.same_padding ? (size + stride - 1) / stride : (size - filter) / stride + 1;
    };
    const int output = Activation({1, slid(in[1], a.stride_height, a.filter_height),
                                   slid(in[2], a.stride_width, a.filter_width), in[3]});
    graph_.tensors[1].quantization = graph_.tensors[0].quantization;
    graph_.nodes.push_back(
        {Below(3) == 0 ? Op::kMaxPool2d : Op::kAveragePool2d, {0}, {output}, a, {}, 0});
    graph_.outputs = {output};
    return std::move(graph_);
  }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  int Add(graph::Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }
  int Activation(std::vector<std::int32_t> shape) {
    graph::Tensor tensor;
    tensor.shape = std::move(shape);
    tensor.quantization = {{0.02f + 0.003f * static_cast<float>(Below(30))},
                           {Below(3) == 0 ? -128 : Below(256) - 128},
                           0};
    return Add(std::move(tensor));
  }
  // All of one extreme, both extremes or anything.
  int Filter(std::vector<std::int32_t> shape, int channel_axis) {
    graph::Tensor tensor;
    tensor.shape = std::move(shape);
    const auto channels = tensor.shape[static_cast<std::size_t>(channel_axis)];
    tensor.quantization.axis = channel_axis;
    const std::int32_t scales = channel_axis == 0 && tensor.shape.size() == 2 ? 1 : channels;
    // Shifts to the left too now and then: these are not for the fast kernels.
    const float unit = Below(12) == 0 ? 0.2f : 0.0004f;
    for (std::int32_t i = 0; i < scales; ++i) {
      tensor.quantization.scales.push_back(unit * static_cast<float>(1 + Below(40)));
      tensor.quantization.zero_points.push_back(0);
    }
    const int kind = Below(5);
    tensor.constant.emplace(tensor.elements());
    for (std::uint8_t& byte : *tensor.constant) {
      const std::uint8_t extreme = Below(2) == 0 ? 127 : 129;
      byte = kind == 0 ? 127 : kind == 1 ? extreme : static_cast<std::uint8_t>(random_() >> 24);
    }
    return Add(std::move(tensor));
  }
  int Bias(std::int32_t channels) {
    graph::Tensor tensor;
    tensor.type = nn::Type::kInt32;
    tensor.shape = {channels};
    std::vector<std::int32_t> values;
    for (std::int32_t i = 0; i < channels; ++i) values.push_back(Below(20000) - 10000);
    tensor.constant.emplace(values.size() * 4);
    std::memcpy(tensor.constant->data(), values.data(), values.size() * 4);
    return Add(std::move(tensor));
  }
  int Convolution(int input, bool depthwise) {
    graph::Attributes a;
    const std::vector<std::int32_t> in = graph_.tensors[0].shape;
    const bool is_common = Below(2) == 0;
    const std::int32_t height = is_common ? 3 : 1 + Below(7), width = is_common ? 3 : 1 + Below(7);
    a.same_padding = Below(2) == 0 || in[1] < height || in[2] < width;
    a.stride_height = 1 + Below(is_common ? 2 : 3);
    a.stride_width = is_common ? a.stride_height : 1 + Below(3);
    a.activation = Below(2) == 0 ? graph::Activation::kRelu6 : graph::Activation::kNone;
    const std::int32_t channels = depthwise ? in[3] : 1 + Below(70);
    const int filter = depthwise ? Filter({1, height, width, channels}, 3)
                                 : Filter({channels, height, width, in[3]}, 0);
    const auto slid = [&](std::int32_t size, std::int32_t stride, std::int32_t kernel) {
      return a.same_padding ? (size + stride - 1) / stride : (size - kernel) / stride + 1;
    };
    const int bias = Bias(channels);
    const int output = Activation({in[0], slid(in[1], a.stride_height, height),
                                   slid(in[2], a.stride_width, width), channels});
    graph_.nodes.push_back({depthwise ? Op::kDepthwiseConv2d : Op::kConv2d,
                            {input, filter, bias},
                            {output},
                            a,
                            {},
                            0});
    return output;
  }
  int Dense(int input) {
    const std::vector<std::int32_t> in = graph_.tensors[0].shape;
    const std::int32_t rows = 1 + Below(300);
    const int filter = Filter({rows, in[1]}, 0);
    const int bias = Bias(rows);
    const int output = Activation({in[0], rows});
    graph_.nodes.push_back({Op::kFullyConnected, {input, filter, bias}, {output}, {}, {}, 0});
    return output;
  }

  graph::Graph graph_;
  std::mt19937 random_;
};

TEST(OperatorSweep, RandomShapesGiveTheGenericKernelsBytes) {
  constexpr std::uint32_t kShapes = 200;
  std::map<std::string, int> fast;
  for (std::uint32_t seed = 1; seed <= kShapes; ++seed) {
    const graph::Graph graph = Generator(seed).Run();
    auto plain = Runner::FromGraph(graph, {.optimise = false});
    ASSERT_TRUE(plain.ok()) << "seed " << seed << ": " << plain.error().message;
    for (const std::string& name : VariantNames()) {
      if (name == "portable") continue;
      const auto [target, isa] = VariantNamed(name);
      // Without passes no channel is missing and every operator is there.
      auto runner = Runner::FromGraph(graph, {.target = target, .optimise = false}, isa);
      ASSERT_TRUE(runner.ok()) << "seed " << seed << ": " << runner.error().message;
      fast[name] += (*runner)->compiled().steps[0].kernel != (*plain)->compiled().steps[0].kernel;
      for (std::uint32_t input = 1; input <= 2; ++input) {
        ASSERT_EQ(FirstDifference(**runner, **plain, input), "")
            << name << " seed " << seed << " input " << input;
      }
    }
  }
  for (const auto& [name, count] : fast) EXPECT_GT(count, kShapes / 3) << name;
}

TEST(OperatorSweep, RandomPoolsGiveThePortableBytes) {
  constexpr std::uint32_t kShapes = 60;
  for (std::uint32_t seed = 1; seed <= kShapes; ++seed) {
    const graph::Graph graph = Generator(seed).RunPool();
    auto plain = Runner::FromGraph(graph, {.optimise = false});
    ASSERT_TRUE(plain.ok()) << "seed " << seed << ": " << plain.error().message;
    for (const std::string& name : VariantNames()) {
      const auto [target, isa] = VariantNamed(name);
      auto runner = Runner::FromGraph(graph, {.target = target, .optimise = false}, isa);
      ASSERT_TRUE(runner.ok()) << "seed " << seed << ": " << runner.error().message;
      ASSERT_EQ(FirstDifference(**runner, **plain, 1), "") << name << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace tinyfog::compile
