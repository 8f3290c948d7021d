#include "ranges.h"

#include <algorithm>
#include <cmath>

#include "binary.h"
#include "tinyfog/graph/passes.h"
#include "tinyfog/graph/weights.h"
#include "weighted.h"

namespace tinyfog::graph {
namespace {

class Propagation {
 public:
  explicit Propagation(const Graph& graph) : graph_(graph), ranges_(graph.tensors.size()) {}

  std::vector<std::vector<Range>> Run() {
    for (std::size_t t = 0; t < graph_.tensors.size(); ++t) {
      const Tensor& tensor = graph_.tensors[t];
      if (!IsTracked(tensor)) continue;
      ranges_[t].assign(static_cast<std::size_t>(tensor.shape.back()), FullRangeOf(tensor));
      if (tensor.constant) ranges_[t] = ConstantRanges(tensor);
    }
    for (const int t : graph_.inputs) {
      if (IsFloat(t)) Assume({-kLargestInput, kLargestInput}, RangesOf(t));
    }
    for (const Node& node : graph_.nodes) {
      if (node.outputs.size() == 1) Transfer(node);
    }
    return std::move(ranges_);
  }

 private:
  static bool IsTracked(const Tensor& tensor) {
    return HasRange(tensor) && !tensor.shape.empty() && tensor.shape.back() > 0 &&
           !tensor.is_variable;
  }

  static std::vector<Range> ConstantRanges(const Tensor& tensor) {
    const std::size_t channels = static_cast<std::size_t>(tensor.shape.back());
    const std::vector<float> values = ValuesOf(tensor);
    if (!AreFinite(values)) return std::vector<Range>(channels, FullRangeOf(tensor));
    std::vector<Range> ranges(channels, NothingOf(tensor));
    for (std::size_t i = 0; i < values.size(); ++i) ranges[i % channels].Widen(values[i]);
    return ranges;
  }

  // What the first value is to widen.
  static Range NothingOf(const Tensor& tensor) {
    const Range full = FullRangeOf(tensor);
    return {full.high, full.low};
  }

  static void Assume(const Range& range, std::vector<Range>& ranges) {
    std::fill(ranges.begin(), ranges.end(), range);
  }

  const Tensor& TensorOf(int t) const { return graph_.tensors[static_cast<std::size_t>(t)]; }
  bool IsFloat(int t) const { return TensorOf(t).type == nn::Type::kFloat32; }
  std::vector<Range>& RangesOf(int t) { return ranges_[static_cast<std::size_t>(t)]; }

  // Whether input i is there and tracked.
  bool Knows(const Node& node, std::size_t i) const {
    return i < node.inputs.size() && node.inputs[i] >= 0 && IsTracked(TensorOf(node.inputs[i]));
  }

  void Transfer(const Node& node) {
    const Tensor& output = TensorOf(node.outputs[0]);
    if (!IsTracked(output) || output.constant || !Knows(node, 0) ||
        TensorOf(node.inputs[0]).type != output.type) {
      return;
    }
    switch (node.op) {
      case Op::kConv2d:
      case Op::kDepthwiseConv2d:
      case Op::kFullyConnected:
        if (const auto weighted = WeightedOf(graph_, node)) TransferWeighted(node, *weighted);
        return;
      case Op::kAveragePool2d:
      case Op::kMaxPool2d:
        return TransferPool(node);
      case Op::kRelu:
      case Op::kRelu6:
      case Op::kReluN1To1:
      case Op::kQuantize:
        return TransferRescale(node);
      case Op::kAdd:
      case Op::kSub:
      case Op::kMul:
      case Op::kMaximum:
      case Op::kMinimum:
        return TransferBinary(node);
      case Op::kPad:
      case Op::kPadV2:
        return TransferPad(node);
      case Op::kReshape:
      case Op::kSqueeze:
      case Op::kExpandDims:
        return TransferReshape(node);
      default:
        return;
    }
  }

  void TransferWeighted(const Node& node, const Weighted& w) {
    const std::vector<Range>& inputs = RangesOf(node.inputs[0]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    for (std::size_t o = 0; o < w.outputs; ++o) outputs[o] = OutputRange(w, inputs, o);
  }

  void TransferPool(const Node& node) {
    const std::vector<Range>& inputs = RangesOf(node.inputs[0]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    if (inputs.size() != outputs.size()) return;
    const Attributes& a = node.attributes;
    const Range bounds = BoundsOf(a.activation, TensorOf(node.outputs[0]));
    if (bounds.low > bounds.high) return;
    const bool adds = node.op == Op::kAveragePool2d && IsFloat(node.outputs[0]);
    const double terms = adds ? static_cast<double>(a.filter_height) * a.filter_width : 0;
    for (std::size_t c = 0; c < outputs.size(); ++c) outputs[c] = Pooled(inputs[c], terms, bounds);
  }

  static Range Clipped(const Range& input, const Range& bounds) {
    return {Clamped(input.low, bounds), Clamped(input.high, bounds)};
  }
  static Range Pooled(const Range& input, double terms, const Range& bounds) {
    if (terms == 0 || input.is_constant()) return Clipped(input, bounds);
    return Rounded(input, terms, std::max(-input.low, input.high), bounds);
  }

  void TransferRescale(const Node& node) {
    const Tensor& input = TensorOf(node.inputs[0]);
    const Tensor& output = TensorOf(node.outputs[0]);
    const std::vector<Range>& inputs = RangesOf(node.inputs[0]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    if (inputs.size() != outputs.size()) return;
    const Range bounds = BoundsOf(ActivationOf(node.op), output);
    if (IsFloat(node.outputs[0])) {
      for (std::size_t c = 0; c < outputs.size(); ++c) outputs[c] = Clipped(inputs[c], bounds);
      return;
    }
    if (input.quantization.empty() || output.quantization.empty()) return;
    const nn::Scale scale = RescaleOf(node.op, input, output);
    const std::int32_t zero_point = input.quantization.zero_point();
    for (std::size_t c = 0; c < outputs.size(); ++c) {
      outputs[c] = Requantised({inputs[c].low - zero_point, inputs[c].high - zero_point}, scale,
                               output.quantization.zero_point(), bounds);
    }
  }

  void TransferBinary(const Node& node) {
    if (!Knows(node, 1)) return;
    const std::vector<Range>& a = RangesOf(node.inputs[0]);
    const std::vector<Range>& b = RangesOf(node.inputs[1]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    const auto operation = BinaryOf(graph_, node);
    const auto fits = [&](const std::vector<Range>& r) {
      return r.size() == 1 || r.size() == outputs.size();
    };
    if (!operation || !fits(a) || !fits(b)) return;
    for (std::size_t c = 0; c < outputs.size(); ++c) {
      const Range& x = a[a.size() == 1 ? 0 : c];
      const Range& y = b[b.size() == 1 ? 0 : c];
      // Each of these operations is monotone in either operand, so a corner is an end.
      const auto [low, high] =
          std::minmax({(*operation)(x.low, y.low), (*operation)(x.low, y.high),
                       (*operation)(x.high, y.low), (*operation)(x.high, y.high)});
      outputs[c] = {low, high};
    }
  }

  void TransferPad(const Node& node) {
    const Tensor& input = TensorOf(node.inputs[0]);
    const Tensor& output = TensorOf(node.outputs[0]);
    if (input.shape.size() != output.shape.size() || input.shape.back() != output.shape.back()) {
      return;
    }
    double value = IsFloat(node.inputs[0]) ? 0 : input.quantization.zero_point();
    if (node.inputs.size() > 2 && node.inputs[2] >= 0) {
      const Tensor& constant = TensorOf(node.inputs[2]);
      if (!constant.constant || constant.type != input.type || constant.constant->empty()) return;
      value = ValuesOf(constant)[0];
      if (!std::isfinite(value)) return;
    }
    std::vector<Range> outputs = RangesOf(node.inputs[0]);
    for (Range& range : outputs) range.Widen(value);
    RangesOf(node.outputs[0]) = std::move(outputs);
  }

  void TransferReshape(const Node& node) {
    const Tensor& input = TensorOf(node.inputs[0]);
    const Tensor& output = TensorOf(node.outputs[0]);
    if (!ChannelsRepeat(input, output)) return;
    const std::vector<Range>& inputs = RangesOf(node.inputs[0]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    outputs.assign(outputs.size(), NothingOf(output));
    for (std::size_t c = 0; c < std::max(inputs.size(), outputs.size()); ++c) {
      const Range& from = inputs[c % inputs.size()];
      outputs[c % outputs.size()].Widen(from.low);
      outputs[c % outputs.size()].Widen(from.high);
    }
  }

  const Graph& graph_;
  std::vector<std::vector<Range>> ranges_;
};

}  // namespace

bool ChannelsRepeat(const Tensor& a, const Tensor& b) {
  if (a.shape.empty() || b.shape.empty() || a.elements() != b.elements()) return false;
  const std::int32_t x = a.shape.back();
  const std::int32_t y = b.shape.back();
  return std::max(x, y) % std::min(x, y) == 0;
}

std::vector<std::vector<Range>> RangesOf(const Graph& graph) { return Propagation(graph).Run(); }

}  // namespace tinyfog::graph
