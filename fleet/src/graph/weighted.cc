#include "weighted.h"

#include <algorithm>
#include <cstring>

#include "tinyfog/graph/padding.h"
#include "tinyfog/graph/weights.h"

namespace tinyfog::graph {
namespace {

const Tensor* TensorAt(const Graph& graph, const std::vector<int>& list, std::size_t i) {
  if (i >= list.size() || list[i] < 0) return nullptr;
  return &graph.tensors[static_cast<std::size_t>(list[i])];
}

bool IsQuantised(const Tensor& tensor) {
  const std::int32_t zero_point = tensor.quantization.zero_point();
  return tensor.type == nn::Type::kInt8 && !tensor.four_bit && !tensor.quantization.empty() &&
         zero_point >= -128 && zero_point <= 127;
}

bool HasZeroPoint(const Tensor& filter) {
  const auto& points = filter.quantization.zero_points;
  return std::any_of(points.begin(), points.end(), [](std::int32_t p) { return p != 0; });
}

// The bias of each output; false when it is not a constant that fits.
bool ReadBias(const Tensor* bias, bool is_float, Weighted& w) {
  w.bias.assign(w.outputs, 0);
  if (bias == nullptr) return true;
  const nn::Type type = is_float ? nn::Type::kFloat32 : nn::Type::kInt32;
  if (!bias->constant || bias->type != type || bias->elements() != w.outputs) return false;
  if (is_float) {
    const std::vector<float> values = ValuesOf(*bias);
    w.bias.assign(values.begin(), values.end());
    return AreFinite(values);
  }
  for (std::size_t o = 0; o < w.outputs; ++o) {
    std::int32_t value;
    std::memcpy(&value, bias->constant->data() + o * 4, 4);
    w.bias[o] = value;
  }
  return true;
}

bool DescribeFullyConnected(const Tensor& input, const Tensor& filter, Weighted& w) {
  if (filter.shape.size() != 2) return false;
  const std::size_t columns = static_cast<std::size_t>(filter.shape[1]);
  w.taps = columns / w.inputs;
  return filter.shape[0] == static_cast<std::int32_t>(w.outputs) && w.taps * w.inputs == columns &&
         input.elements() % columns == 0;
}

bool DescribeConvolution(const Node& node, const Tensor& input, const Tensor& filter,
                         const Tensor& output, Weighted& w) {
  const Attributes& a = node.attributes;
  constexpr int kMost = 65535;
  const auto fits = [](const Tensor& t) {
    return t.shape.size() == 4 &&
           std::all_of(t.shape.begin(), t.shape.end(), [](int d) { return d <= kMost; });
  };
  if (!fits(input) || !fits(filter) || !fits(output) ||
      std::min({a.stride_height, a.stride_width, a.dilation_height, a.dilation_width}) < 1 ||
      std::max({a.stride_height, a.stride_width, a.dilation_height, a.dilation_width}) > 255) {
    return false;
  }
  const std::size_t in_filter = static_cast<std::size_t>(filter.shape[w.depthwise ? 3 : 0]);
  const bool channels_fit = w.depthwise ? filter.shape[0] == 1 && w.outputs % w.inputs == 0
                                        : static_cast<std::size_t>(filter.shape[3]) == w.inputs;
  const auto padding = PaddingOf(a, input, output, filter.shape[1], filter.shape[2]);
  if (in_filter != w.outputs || !channels_fit || !padding) return false;
  w.padded = !padding->empty();
  w.taps = static_cast<std::size_t>(filter.shape[1]) * static_cast<std::size_t>(filter.shape[2]);
  return true;
}

struct Operands {
  const Tensor* input;
  const Tensor* filter;
  const Tensor* bias;
  const Tensor* output;

  bool are_there() const {
    return input != nullptr && filter != nullptr && output != nullptr && filter->constant &&
           !input->shape.empty() && !output->shape.empty();
  }
  bool are_float() const {
    return input->type == nn::Type::kFloat32 && filter->type == nn::Type::kFloat32 &&
           output->type == nn::Type::kFloat32;
  }
  bool are_quantised() const {
    const std::size_t scales = filter->quantization.scales.size();
    return IsQuantised(*input) && IsQuantised(*output) && filter->type == nn::Type::kInt8 &&
           !HasZeroPoint(*filter) &&
           (scales == 1 || scales == static_cast<std::size_t>(output->shape.back()));
  }
};

void DescribeScales(const Operands& t, bool is_dense, Weighted& w) {
  w.input_zero_point = t.input->quantization.zero_point();
  w.output_zero_point = t.output->quantization.zero_point();
  w.scales =
      AccumulatorScales(*t.input, *t.filter, *t.output, w.outputs, is_dense && t.bias == nullptr);
  w.takes_bias =
      t.bias != nullptr || AccumulatorScales(*t.input, *t.filter, *t.output, w.outputs) == w.scales;
}

}  // namespace

std::optional<Weighted> WeightedOf(const Graph& graph, const Node& node) {
  const bool is_dense = node.op == Op::kFullyConnected;
  if (!is_dense && node.op != Op::kConv2d && node.op != Op::kDepthwiseConv2d) return std::nullopt;
  const Operands t = {TensorAt(graph, node.inputs, 0), TensorAt(graph, node.inputs, 1),
                      TensorAt(graph, node.inputs, 2), TensorAt(graph, node.outputs, 0)};
  if (!t.are_there()) return std::nullopt;
  const bool is_float = t.are_float();
  if (!is_float && !t.are_quantised()) return std::nullopt;
  Weighted w;
  w.depthwise = node.op == Op::kDepthwiseConv2d;
  w.inputs = static_cast<std::size_t>(t.input->shape.back());
  w.outputs = static_cast<std::size_t>(t.output->shape.back());
  const bool fits = is_dense ? DescribeFullyConnected(*t.input, *t.filter, w)
                             : DescribeConvolution(node, *t.input, *t.filter, *t.output, w);
  if (!fits || !ReadBias(t.bias, is_float, w)) return std::nullopt;
  w.weights = ValuesOf(*t.filter);
  if (!AreFinite(w.weights)) return std::nullopt;
  if (!is_float) DescribeScales(t, is_dense, w);
  w.bounds = BoundsOf(node.attributes.activation, *t.output);
  return w;
}

}  // namespace tinyfog::graph
