#include <cstring>
#include <type_traits>

#include "kept_channels.h"
#include "tinyfog/graph/passes.h"
#include "tinyfog/graph/weights.h"

namespace tinyfog::graph {
namespace {

using Flags = std::vector<std::uint8_t>;

std::int32_t CountOf(const Flags& flags) {
  std::int32_t count = 0;
  for (const std::uint8_t flag : flags) count += flag;
  return count;
}

template <class T>
std::vector<T> Selected(const std::vector<T>& values, const Flags& flags) {
  std::vector<T> selected;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (flags[i % flags.size()] != 0) selected.push_back(values[i]);
  }
  return selected;
}

// Each value as a T: integers wrap, as accumulators do.
template <class T>
std::vector<std::uint8_t> BytesAs(const std::vector<double>& values) {
  using Wide = std::conditional_t<std::is_integral_v<T>, std::int64_t, T>;
  std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T value = static_cast<T>(static_cast<Wide>(values[i]));
    std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
  }
  return bytes;
}

class Cutter {
 public:
  Cutter(Graph& graph, const KeptChannels& kept) : graph_(graph), kept_(kept) {}

  void Run() {
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
      Node& node = graph_.nodes[n];
      if (kept_.weighted[n]) {
        CutWeighted(node, *kept_.weighted[n]);
      } else if (node.outputs.size() == 1 && !kept_.is_whole(node.outputs[0])) {
        CutOperands(node);
      }
    }
    for (std::size_t t = 0; t < kept_.kept.size(); ++t) {
      if (!kept_.is_whole(static_cast<int>(t))) CutTensor(t);
    }
  }

 private:
  Tensor& TensorOf(int t) { return graph_.tensors[static_cast<std::size_t>(t)]; }
  const Flags& KeptOf(int t) const { return kept_.kept[static_cast<std::size_t>(t)]; }
  int Add(Tensor tensor) {
    graph_.tensors.push_back(std::move(tensor));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  void CutWeighted(Node& node, const Weighted& w) {
    const bool cuts_input = !kept_.is_whole(node.inputs[0]);
    if (!cuts_input && kept_.is_whole(node.outputs[0])) return;
    const Flags& outputs = KeptOf(node.outputs[0]);
    const std::vector<double> bias = FoldedBias(node, w);
    const bool had_bias = node.inputs.size() > 2 && node.inputs[2] >= 0;
    const bool needs_bias = had_bias || bias != std::vector<double>(bias.size());
    node.inputs[1] = AddFilter(node, w);
    if (needs_bias) {
      node.inputs.resize(3, -1);
      node.inputs[2] = AddBias(Selected(bias, outputs), node);
    }
  }

  // The bias with the shares of the channels that go.
  std::vector<double> FoldedBias(const Node& node, const Weighted& w) const {
    const Flags& inputs = KeptOf(node.inputs[0]);
    const std::vector<Range>& ranges = kept_.ranges[static_cast<std::size_t>(node.inputs[0])];
    std::vector<double> bias(w.outputs);
    for (std::size_t o = 0; o < w.outputs; ++o) {
      double sum = w.bias[o];
      for (std::size_t i = 0; !w.depthwise && i < w.inputs; ++i) {
        if (inputs[i] == 0) sum += ConstantShare(w, ranges[i], o, i).value_or(0);
      }
      bias[o] = sum;
    }
    return bias;
  }

  int AddFilter(const Node& node, const Weighted& w) {
    const Flags& inputs = KeptOf(node.inputs[0]);
    const Flags& outputs = KeptOf(node.outputs[0]);
    Tensor filter = TensorOf(node.inputs[1]);
    std::vector<float> weights;
    for (std::size_t at = 0; at < w.weights.size(); ++at) {
      const std::size_t row = w.depthwise ? at % w.outputs : at / (w.taps * w.inputs);
      const bool has_column = w.depthwise || inputs[at % w.inputs] != 0;
      if (outputs[row] != 0 && has_column) weights.push_back(w.weights[at]);
    }
    if (w.depthwise) {
      filter.shape[3] = CountOf(outputs);
    } else {
      filter.shape[0] = CountOf(outputs);
      filter.shape.back() =
          filter.shape.back() / static_cast<std::int32_t>(w.inputs) * CountOf(inputs);
    }
    filter.constant = BytesOf(weights, filter);
    Quantization& q = filter.quantization;
    if (q.scales.size() == w.outputs) q.scales = Selected(q.scales, outputs);
    if (q.zero_points.size() == w.outputs) q.zero_points = Selected(q.zero_points, outputs);
    return Add(std::move(filter));
  }

  int AddBias(const std::vector<double>& values, const Node& node) {
    Tensor bias;
    bias.name = TensorOf(node.inputs[1]).name + "/bias";
    const bool is_float = TensorOf(node.inputs[1]).type == nn::Type::kFloat32;
    bias.type = is_float ? nn::Type::kFloat32 : nn::Type::kInt32;
    bias.shape = {static_cast<std::int32_t>(values.size())};
    bias.constant = is_float ? BytesAs<float>(values) : BytesAs<std::int32_t>(values);
    return Add(std::move(bias));
  }

  // Constants that meet the output channel by channel; a new shape follows from the output.
  void CutOperands(Node& node) {
    if (node.op == Op::kReshape) node.inputs.resize(1);
    const Flags& outputs = KeptOf(node.outputs[0]);
    const bool is_binary = node.op == Op::kAdd || node.op == Op::kSub || node.op == Op::kMul ||
                           node.op == Op::kMaximum || node.op == Op::kMinimum;
    for (std::size_t i = 0; is_binary && i < 2; ++i) {
      Tensor constant = TensorOf(node.inputs[i]);
      if (!constant.constant || KeptOf(node.inputs[i]).size() != outputs.size()) continue;
      constant.constant = BytesOf(Selected(ValuesOf(constant), outputs), constant);
      constant.shape.back() = CountOf(outputs);
      node.inputs[i] = Add(std::move(constant));
    }
  }

  void CutTensor(std::size_t t) {
    Tensor& tensor = graph_.tensors[t];
    const Flags& flags = kept_.kept[t];
    tensor.shape.back() = CountOf(flags);
    for (std::size_t c = 0; c < flags.size(); ++c) {
      if (flags[c] != 0) continue;
      const Range& range = kept_.ranges[t][c];
      tensor.removed.push_back({static_cast<std::int32_t>(c), std::nullopt});
      if (range.is_constant()) tensor.removed.back().value = static_cast<float>(range.low);
    }
  }

  Graph& graph_;
  const KeptChannels& kept_;
};

}  // namespace

void RemoveConstantChannels(Graph& graph) {
  for (const Tensor& tensor : graph.tensors) {
    if (!tensor.removed.empty()) return;
  }
  const KeptChannels kept = FindKeptChannels(graph);
  Cutter(graph, kept).Run();
}

}  // namespace tinyfog::graph
