#include "kept_channels.h"

#include <algorithm>

#include "binary.h"

namespace tinyfog::graph {
namespace {

// How a node treats the channels of its tensors.
enum class Role { kOpaque, kWeighted, kChannelwise, kReshape, kBinary };

class Search {
 public:
  explicit Search(const Graph& graph) : graph_(graph) {
    result_.ranges = RangesOf(graph);
    for (const Tensor& tensor : graph.tensors) {
      result_.kept.emplace_back(static_cast<std::size_t>(std::max(1, Last(tensor))), 0);
    }
    for (const Node& node : graph.nodes) {
      result_.weighted.push_back(WeightedOf(graph, node));
      roles_.push_back(RoleOf(node));
    }
  }

  KeptChannels Run() {
    for (std::size_t t = 0; t < graph_.tensors.size(); ++t) {
      if (result_.ranges[t].empty() || graph_.tensors[t].constant) KeepAll(static_cast<int>(t));
    }
    for (const int t : graph_.inputs) KeepAll(t);
    for (const int t : graph_.outputs) KeepAll(t);
    do {
      do {
        changed_ = false;
        for (std::size_t n = graph_.nodes.size(); n-- > 0;) Visit(n);
      } while (changed_);
      KeepOneOfEach();
    } while (changed_);
    return std::move(result_);
  }

 private:
  const Tensor& TensorOf(int t) const { return graph_.tensors[static_cast<std::size_t>(t)]; }
  std::vector<std::uint8_t>& KeptOf(int t) { return result_.kept[static_cast<std::size_t>(t)]; }
  static std::int32_t Last(const Tensor& tensor) {
    return tensor.shape.empty() ? 1 : tensor.shape.back();
  }

  void Keep(int t, std::size_t channel) {
    std::uint8_t& flag = KeptOf(t)[channel];
    changed_ |= flag == 0;
    flag = 1;
  }
  void KeepAll(int t) {
    for (std::size_t c = 0; c < KeptOf(t).size(); ++c) Keep(t, c);
  }
  void KeepOneOfEach() {
    for (std::size_t t = 0; t < graph_.tensors.size(); ++t) {
      const auto& kept = result_.kept[t];
      if (std::find(kept.begin(), kept.end(), 1) == kept.end()) Keep(static_cast<int>(t), 0);
    }
  }

  Role RoleOf(const Node& node) const {
    if (result_.weighted.back()) return Role::kWeighted;
    if (node.outputs.size() != 1 || node.inputs.empty() || node.inputs[0] < 0) {
      return Role::kOpaque;
    }
    const Tensor& input = TensorOf(node.inputs[0]);
    const Tensor& output = TensorOf(node.outputs[0]);
    if (!HasRange(input) || input.type != output.type) return Role::kOpaque;
    switch (node.op) {
      case Op::kAveragePool2d:
      case Op::kMaxPool2d:
      case Op::kPad:
      case Op::kPadV2:
      case Op::kResizeBilinear:
      case Op::kResizeNearestNeighbor:
        return input.shape.size() == output.shape.size() && Last(input) == Last(output)
                   ? Role::kChannelwise
                   : Role::kOpaque;
      case Op::kRelu:
      case Op::kRelu6:
      case Op::kReluN1To1:
      case Op::kLeakyRelu:
      case Op::kElu:
      case Op::kHardSwish:
      case Op::kLogistic:
      case Op::kTanh:
      case Op::kAbs:
      case Op::kQuantize:
        return input.shape == output.shape ? Role::kChannelwise : Role::kOpaque;
      case Op::kReshape:
      case Op::kSqueeze:
      case Op::kExpandDims:
        return ChannelsRepeat(input, output) ? Role::kReshape : Role::kOpaque;
      default:
        return BinaryOf(graph_, node) && OperandsFit(node) ? Role::kBinary : Role::kOpaque;
    }
  }

  bool OperandsFit(const Node& node) const {
    const std::int32_t channels = Last(TensorOf(node.outputs[0]));
    return std::all_of(node.inputs.begin(), node.inputs.begin() + 2, [&](int t) {
      return Last(TensorOf(t)) == channels || Last(TensorOf(t)) == 1;
    });
  }

  void Visit(std::size_t n) {
    const Node& node = graph_.nodes[n];
    switch (roles_[n]) {
      case Role::kWeighted:
        return VisitWeighted(node, *result_.weighted[n]);
      case Role::kChannelwise:
      case Role::kReshape:
        return Couple(node.inputs[0], node.outputs[0]);
      case Role::kBinary:
        return VisitBinary(node);
      case Role::kOpaque:
        for (const int t : node.inputs) {
          if (t >= 0) KeepAll(t);
        }
        for (const int t : node.outputs) KeepAll(t);
    }
  }

  // Both lose the same channels; the one with more has the other's over and over.
  void Couple(int a, int b) {
    const std::size_t n = KeptOf(a).size();
    const std::size_t m = KeptOf(b).size();
    for (std::size_t pass = 0; pass < 2; ++pass) {
      for (std::size_t c = 0; c < std::max(n, m); ++c) {
        if (KeptOf(a)[c % n] != 0) Keep(b, c % m);
        if (KeptOf(b)[c % m] != 0) Keep(a, c % n);
      }
    }
  }

  void VisitBinary(const Node& node) {
    const std::size_t channels = KeptOf(node.outputs[0]).size();
    for (std::size_t i = 0; i < 2; ++i) {
      const int t = node.inputs[i];
      if (KeptOf(t).size() != channels) {
        KeepAll(t);
      } else if (!TensorOf(t).constant) {
        Couple(t, node.outputs[0]);
      }
    }
  }

  void VisitWeighted(const Node& node, const Weighted& w) {
    const int input = node.inputs[0];
    const int output = node.outputs[0];
    for (std::size_t o = 0; o < w.outputs; ++o) {
      for (std::size_t i = w.first_input(o); i < w.end_input(o); ++i) {
        if (w.depthwise && KeptOf(input)[i] != 0) Keep(output, o);
        if (KeptOf(output)[o] != 0 && KeptOf(input)[i] == 0 && Needs(w, input, o, i)) {
          Keep(input, i);
        }
      }
    }
  }

  // A depthwise convolution has no output without an input.
  bool Needs(const Weighted& w, int input, std::size_t o, std::size_t i) const {
    const Range& range = result_.ranges[static_cast<std::size_t>(input)][i];
    return w.depthwise || (w.Reads(o, i) && !ConstantShare(w, range, o, i));
  }

  const Graph& graph_;
  KeptChannels result_;
  std::vector<Role> roles_;
  bool changed_ = false;
};

}  // namespace

bool KeptChannels::is_whole(int tensor) const {
  const auto& flags = kept[static_cast<std::size_t>(tensor)];
  return std::find(flags.begin(), flags.end(), 0) == flags.end();
}

KeptChannels FindKeptChannels(const Graph& graph) { return Search(graph).Run(); }

}  // namespace tinyfog::graph
