#include "tinyfog/graph/passes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "tinyfog/graph/weights.h"

namespace tinyfog::graph {
namespace {

// A graph of one input [1,4,4,2], written node by node.
class Builder {
 public:
  Builder() { graph.inputs = {Map({1, 4, 4, 2})}; }

  int Map(std::vector<std::int32_t> shape, std::int32_t zero_point = -128, float scale = 0.05f) {
    Tensor tensor;
    tensor.shape = std::move(shape);
    tensor.quantization = {{scale}, {zero_point}, 0};
    return Add(std::move(tensor));
  }
  int Filter(std::vector<std::int32_t> shape, std::int8_t value = 1) {
    const int filter = Map(std::move(shape), 0, 0.01f);
    Tensor& tensor = graph.tensors[static_cast<std::size_t>(filter)];
    tensor.constant.emplace(tensor.elements(), static_cast<std::uint8_t>(value));
    return filter;
  }
  int Integers(const std::vector<std::int32_t>& values) {
    Tensor tensor;
    tensor.type = nn::Type::kInt32;
    tensor.shape = {static_cast<std::int32_t>(values.size())};
    tensor.constant.emplace(values.size() * 4);
    std::memcpy(tensor.constant->data(), values.data(), values.size() * 4);
    return Add(std::move(tensor));
  }
  int Node(Op op, std::vector<int> inputs, int output, Attributes attributes = {}) {
    graph.nodes.push_back(
        {op, std::move(inputs), {output}, attributes, {}, static_cast<int>(graph.nodes.size())});
    return output;
  }
  const Tensor& tensor(int t) const { return graph.tensors[static_cast<std::size_t>(t)]; }

  Graph graph;

 private:
  int Add(Tensor tensor) {
    graph.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph.tensors.size()) - 1;
  }
};

TEST(FuseActivations, WhereTheQuantisationStays) {
  Builder b;
  const int sum = b.Node(Op::kAdd, {0, 0}, b.Map({1, 4, 4, 2}, 3));
  const int clamped = b.Node(Op::kRelu6, {sum}, b.Map({1, 4, 4, 2}, 3));
  const int rescaled = b.Node(Op::kRelu, {clamped}, b.Map({1, 4, 4, 2}, 4));
  b.graph.outputs = {rescaled};
  FuseActivations(b.graph);
  ASSERT_EQ(b.graph.nodes.size(), 2u);
  EXPECT_EQ(b.graph.nodes[0].attributes.activation, Activation::kRelu6);
  EXPECT_EQ(b.graph.nodes[0].outputs, std::vector<int>{clamped});
  EXPECT_EQ(b.graph.nodes[0].source, 1);
  EXPECT_EQ(b.graph.nodes[1].op, Op::kRelu);
}

TEST(FuseActivations, NotWhenSomebodyElseReadsTheValueBefore) {
  Builder b;
  const int sum = b.Node(Op::kAdd, {0, 0}, b.Map({1, 4, 4, 2}, 3));
  b.graph.outputs = {b.Node(Op::kRelu, {sum}, b.Map({1, 4, 4, 2}, 3)), sum};
  FuseActivations(b.graph);
  EXPECT_EQ(b.graph.nodes.size(), 2u);
}

TEST(FusePads, IntoTheConvolutionThatFollows) {
  Builder b;
  const int padded =
      b.Node(Op::kPad, {0, b.Integers({0, 0, 1, 0, 2, 1, 0, 0})}, b.Map({1, 5, 7, 2}));
  b.graph.tensors[2].shape = {4, 2};
  b.graph.outputs = {
      b.Node(Op::kConv2d, {padded, b.Filter({4, 3, 3, 2}), -1}, b.Map({1, 3, 5, 4}))};
  FusePads(b.graph);
  ASSERT_EQ(b.graph.nodes.size(), 1u);
  EXPECT_EQ(b.graph.nodes[0].inputs[0], 0);
  EXPECT_EQ(b.graph.nodes[0].attributes.padding, (Padding{1, 2, 0, 1}));
}

TEST(AliasIdentities, AreReshapes) {
  Builder b;
  const int same = b.Node(Op::kQuantize, {0}, b.Map({1, 4, 4, 2}));
  const int relu = b.Node(Op::kRelu, {same}, b.Map({1, 4, 4, 2}));
  b.graph.outputs = {b.Node(Op::kQuantize, {relu}, b.Map({1, 4, 4, 2}, 5))};
  AliasIdentities(b.graph);
  EXPECT_EQ(b.graph.nodes[0].op, Op::kReshape);
  EXPECT_EQ(b.graph.nodes[1].op, Op::kReshape);  // its zero point is the lowest value already
  EXPECT_EQ(b.graph.nodes[2].op, Op::kQuantize);
}

TEST(RemoveDeadNodes, KeepsWhatAnOutputNeeds) {
  Builder b;
  const int sum = b.Node(Op::kAdd, {0, 0}, b.Map({1, 4, 4, 2}));
  b.Node(Op::kMul, {sum, 0}, b.Map({1, 4, 4, 2}));
  b.graph.outputs = {b.Node(Op::kRelu, {sum}, b.Map({1, 4, 4, 2}))};
  RemoveDeadNodes(b.graph);
  ASSERT_EQ(b.graph.nodes.size(), 2u);
  EXPECT_EQ(b.graph.nodes[1].op, Op::kRelu);
}

// Channel 1 is always at its lowest value, channel 2 at its highest, channel 3 has no reader.
class ConstantChannels : public testing::Test {
 protected:
  void Build(bool same_padding, std::int32_t zero_point) {
    Attributes relu;
    relu.activation = Activation::kRelu;
    map = b.Node(Op::kConv2d, {0, b.Filter({4, 1, 1, 2}), b.Integers({0, -1000000, 1000000, 0})},
                 b.Map({1, 4, 4, 4}, zero_point), relu);
    const int filter = b.Filter({2, 3, 3, 4});
    auto& weights = *b.graph.tensors[static_cast<std::size_t>(filter)].constant;
    for (std::size_t i = 3; i < weights.size(); i += 4) weights[i] = 0;
    Attributes window;
    window.same_padding = same_padding;
    const std::int32_t size = same_padding ? 4 : 2;
    b.graph.outputs = {
        b.Node(Op::kConv2d, {map, filter, b.Integers({7, 7})}, b.Map({1, size, size, 2}), window)};
    RemoveConstantChannels(b.graph);
  }
  std::vector<std::int32_t> BiasBehind() const {
    const Tensor& bias = b.tensor(b.graph.nodes[1].inputs[2]);
    std::vector<std::int32_t> values(bias.elements());
    std::memcpy(values.data(), bias.constant->data(), values.size() * 4);
    return values;
  }

  Builder b;
  int map = -1;
};

TEST_F(ConstantChannels, GoIntoTheNextBias) {
  Build(false, -128);
  EXPECT_EQ(b.tensor(map).shape.back(), 1);
  EXPECT_EQ(b.tensor(map).removed,
            (std::vector<RemovedChannel>{{1, -128}, {2, 127}, {3, std::nullopt}}));
  EXPECT_EQ(b.tensor(b.graph.nodes[1].inputs[1]).shape, (std::vector<std::int32_t>{2, 3, 3, 1}));
  EXPECT_EQ(BiasBehind(), (std::vector<std::int32_t>{7 + 9 * 255, 7 + 9 * 255}));
}

TEST_F(ConstantChannels, StayBeforeAPaddingThatTheyDifferFrom) {
  Build(true, -128);
  EXPECT_EQ(b.tensor(map).shape.back(), 2);  // channel 2 is 127, the border -128
  EXPECT_EQ(b.tensor(map).removed, (std::vector<RemovedChannel>{{1, -128}, {3, std::nullopt}}));
  EXPECT_EQ(BiasBehind(), (std::vector<std::int32_t>{7, 7}));
}

TEST_F(ConstantChannels, ASecondPassFindsNothing) {
  Build(false, -128);
  const std::size_t tensors = b.graph.tensors.size();
  RemoveConstantChannels(b.graph);
  EXPECT_EQ(b.graph.tensors.size(), tensors);
}

// Channels 1 and 2 of a map are always 0 and 6 for bounded inputs, channel 3 would be 0 but for
// rounding.
class ConstantFloatChannels : public testing::Test {
 protected:
  int Floats(std::vector<std::int32_t> shape, const std::vector<float>& values = {}) {
    const int t = b.Map(std::move(shape));
    Tensor& tensor = b.graph.tensors[static_cast<std::size_t>(t)];
    tensor.type = nn::Type::kFloat32;
    tensor.quantization = {};
    if (!values.empty()) tensor.constant = BytesOf(values, tensor);
    return t;
  }
  // An input of one channel, bounded by RELU6 or not at all, then the map.
  void Build(bool is_bounded, bool same_padding) {
    b.graph.tensors[0].type = nn::Type::kFloat32;
    b.graph.tensors[0].shape.back() = 1;
    const int bounded = b.Node(is_bounded ? Op::kRelu6 : Op::kRelu, {0}, Floats({1, 4, 4, 1}));
    Attributes relu6;
    relu6.activation = Activation::kRelu6;
    map = b.Node(Op::kConv2d,
                 {bounded, Floats({4, 1, 1, 1}, {1, 1, 1, 1}), Floats({4}, {1, -7, 6.1f, -6})},
                 Floats({1, 4, 4, 4}), relu6);
    Attributes window;
    window.same_padding = same_padding;
    const std::int32_t size = same_padding ? 4 : 2;
    const int filter = Floats({1, 3, 3, 4}, std::vector<float>(36, 0.5f));
    b.graph.outputs = {b.Node(Op::kConv2d, {map, filter, Floats({1}, {0.25f})},
                              Floats({1, size, size, 1}), window)};
    RemoveConstantChannels(b.graph);
  }
  std::vector<float> BiasBehind() const { return ValuesOf(b.tensor(b.graph.nodes[2].inputs[2])); }

  Builder b;
  int map = -1;
};

TEST_F(ConstantFloatChannels, GoIntoTheNextBias) {
  Build(true, false);
  EXPECT_EQ(b.tensor(map).removed, (std::vector<RemovedChannel>{{1, 0.0f}, {2, 6.0f}}));
  EXPECT_EQ(b.tensor(b.graph.nodes[2].inputs[1]).shape, (std::vector<std::int32_t>{1, 3, 3, 2}));
  EXPECT_EQ(ValuesOf(b.tensor(b.graph.nodes[1].inputs[2])), (std::vector<float>{1, -6}));
  EXPECT_EQ(BiasBehind(), std::vector<float>{0.25f + 9 * 0.5f * 6});
}

TEST_F(ConstantFloatChannels, StayBeforeAPaddingThatTheyDifferFrom) {
  Build(true, true);
  EXPECT_EQ(b.tensor(map).removed, (std::vector<RemovedChannel>{{1, 0.0f}}));
}

TEST_F(ConstantFloatChannels, StayWhereInputsCanMoveThem) {
  Build(false, false);  // channel 2 too, as far as the rounding of large sums is known
  EXPECT_TRUE(b.tensor(map).removed.empty());
}

TEST_F(ConstantFloatChannels, WeightsThatAreNotFiniteStay) {
  b.graph.tensors[0].type = nn::Type::kFloat32;
  b.graph.tensors[0].shape.back() = 1;
  const int filter = Floats({2, 1, 1, 1}, {0, std::numeric_limits<float>::quiet_NaN()});
  map = b.Node(Op::kConv2d, {0, filter, -1}, Floats({1, 4, 4, 2}));
  b.graph.outputs = {
      b.Node(Op::kConv2d, {map, Floats({1, 1, 1, 2}, {1, 1}), -1}, Floats({1, 4, 4, 1}))};
  RemoveConstantChannels(b.graph);
  EXPECT_TRUE(b.tensor(map).removed.empty());
}

}  // namespace
}  // namespace tinyfog::graph
