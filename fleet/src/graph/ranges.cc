#include "ranges.h"

#include <algorithm>
#include <limits>

#include "binary.h"
#include "tinyfog/graph/weights.h"
#include "weighted.h"

namespace tinyfog::graph {
namespace {

constexpr Range kFull = {-128, 127};

class Propagation {
 public:
  explicit Propagation(const Graph& graph) : graph_(graph), ranges_(graph.tensors.size()) {}

  std::vector<std::vector<Range>> Run() {
    for (std::size_t t = 0; t < graph_.tensors.size(); ++t) {
      const Tensor& tensor = graph_.tensors[t];
      if (!IsTracked(tensor)) continue;
      ranges_[t].assign(static_cast<std::size_t>(tensor.shape.back()), kFull);
      if (tensor.constant) ranges_[t] = ConstantRanges(tensor);
    }
    for (const Node& node : graph_.nodes) {
      if (node.outputs.size() == 1) Transfer(node);
    }
    return std::move(ranges_);
  }

 private:
  static bool IsTracked(const Tensor& tensor) {
    return tensor.type == nn::Type::kInt8 && !tensor.four_bit && !tensor.shape.empty() &&
           tensor.shape.back() > 0 && !tensor.is_variable;
  }

  static std::vector<Range> ConstantRanges(const Tensor& tensor) {
    const std::size_t channels = static_cast<std::size_t>(tensor.shape.back());
    std::vector<Range> ranges(channels, {127, -128});
    const std::vector<std::int8_t> values = WeightsOf(tensor);
    for (std::size_t i = 0; i < values.size(); ++i) Widen(ranges[i % channels], values[i]);
    return ranges;
  }

  static void Widen(Range& range, std::int32_t value) {
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }

  const Tensor& TensorOf(int t) const { return graph_.tensors[static_cast<std::size_t>(t)]; }
  std::vector<Range>& RangesOf(int t) { return ranges_[static_cast<std::size_t>(t)]; }

  // Whether input i is there and tracked.
  bool Knows(const Node& node, std::size_t i) const {
    return i < node.inputs.size() && node.inputs[i] >= 0 && IsTracked(TensorOf(node.inputs[i]));
  }

  void Transfer(const Node& node) {
    const Tensor& output = TensorOf(node.outputs[0]);
    if (!IsTracked(output) || output.constant || !Knows(node, 0)) return;
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
    for (std::size_t o = 0; o < w.outputs; ++o) outputs[o] = WeightedRange(w, inputs, o);
  }

  static Range WeightedRange(const Weighted& w, const std::vector<Range>& inputs, std::size_t o) {
    std::int64_t low = w.bias[o];
    std::int64_t high = low;
    for (std::size_t i = w.first_input(o); i < w.end_input(o); ++i) {
      const std::int64_t from = inputs[i].low - w.input_zero_point;
      const std::int64_t to = inputs[i].high - w.input_zero_point;
      for (std::size_t tap = 0; tap < w.taps; ++tap) {
        const std::int64_t weight = w.weight(o, tap, i);
        const auto [least, most] = std::minmax({weight * from, weight * to});
        low += w.padded ? std::min<std::int64_t>(least, 0) : least;
        high += w.padded ? std::max<std::int64_t>(most, 0) : most;
      }
    }
    return Requantised(low, high, w.scales[o], w.output_zero_point, w.clamp);
  }

  // Rescaling rises with its argument as long as nothing overflows.
  static Range Requantised(std::int64_t low, std::int64_t high, nn::Scale scale,
                           std::int32_t zero_point, Clamp clamp) {
    const std::int64_t limit =
        std::int64_t{std::numeric_limits<std::int32_t>::max()} >> std::max(scale.shift, 0);
    if (low < -limit || high > limit) return kFull;
    const auto value = [&](std::int64_t accumulator) {
      const std::int64_t scaled = nn::Rescale(static_cast<std::int32_t>(accumulator), scale);
      return static_cast<std::int32_t>(
          std::clamp<std::int64_t>(scaled + zero_point, clamp.min, std::max(clamp.min, clamp.max)));
    };
    return {value(low), value(high)};
  }

  void TransferPool(const Node& node) {
    const std::vector<Range>& inputs = RangesOf(node.inputs[0]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    if (inputs.size() != outputs.size()) return;
    const Clamp clamp = ClampOf(node.attributes.activation, TensorOf(node.outputs[0]));
    if (clamp.min > clamp.max) return;
    for (std::size_t c = 0; c < outputs.size(); ++c) {
      outputs[c] = {std::clamp(inputs[c].low, clamp.min, clamp.max),
                    std::clamp(inputs[c].high, clamp.min, clamp.max)};
    }
  }

  void TransferRescale(const Node& node) {
    const Tensor& input = TensorOf(node.inputs[0]);
    const Tensor& output = TensorOf(node.outputs[0]);
    const std::vector<Range>& inputs = RangesOf(node.inputs[0]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    if (inputs.size() != outputs.size() || input.quantization.empty() ||
        output.quantization.empty()) {
      return;
    }
    const nn::Scale scale = RescaleOf(node.op, input, output);
    const Clamp clamp = ClampOf(ActivationOf(node.op), output);
    const std::int32_t zero_point = input.quantization.zero_point();
    for (std::size_t c = 0; c < outputs.size(); ++c) {
      outputs[c] = Requantised(std::int64_t{inputs[c].low} - zero_point,
                               std::int64_t{inputs[c].high} - zero_point, scale,
                               output.quantization.zero_point(), clamp);
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
    std::int32_t value = input.quantization.zero_point();
    if (node.inputs.size() > 2 && node.inputs[2] >= 0) {
      const Tensor& constant = TensorOf(node.inputs[2]);
      if (!constant.constant || constant.type != nn::Type::kInt8 || constant.constant->empty()) {
        return;
      }
      value = static_cast<std::int8_t>((*constant.constant)[0]);
    }
    std::vector<Range> outputs = RangesOf(node.inputs[0]);
    for (Range& range : outputs) Widen(range, value);
    RangesOf(node.outputs[0]) = std::move(outputs);
  }

  void TransferReshape(const Node& node) {
    const Tensor& input = TensorOf(node.inputs[0]);
    const Tensor& output = TensorOf(node.outputs[0]);
    if (!ChannelsRepeat(input, output)) return;
    const std::vector<Range>& inputs = RangesOf(node.inputs[0]);
    std::vector<Range>& outputs = RangesOf(node.outputs[0]);
    outputs.assign(outputs.size(), {127, -128});
    for (std::size_t c = 0; c < std::max(inputs.size(), outputs.size()); ++c) {
      const Range& from = inputs[c % inputs.size()];
      Widen(outputs[c % outputs.size()], from.low);
      Widen(outputs[c % outputs.size()], from.high);
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
