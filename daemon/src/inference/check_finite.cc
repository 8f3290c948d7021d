// Debian's Arm NN aborts the process when it quantises a NaN. These checks leave no way to one.

#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "model_file.h"
#include "operator_view.h"

namespace tinyfog::inference {
namespace {

using Op = tflite::BuiltinOperator;
using tflite::TensorType;

bool IsQuantized(TensorType type) {
  return type == TensorType::INT8 || type == TensorType::UINT8 || type == TensorType::INT16;
}

bool IsFloat(TensorType type) { return type == TensorType::FLOAT32 || type == TensorType::FLOAT16; }

/// Operators whose results are finite when their inputs are.
bool KeepsFinite(Op op) {
  switch (op) {
    case Op::BATCH_TO_SPACE_ND:
    case Op::CONCATENATION:
    case Op::LOGISTIC:
    case Op::MAXIMUM:
    case Op::MAX_POOL_2D:
    case Op::MINIMUM:
    case Op::NEG:
    case Op::PACK:
    case Op::PAD:
    case Op::RELU:
    case Op::RELU6:
    case Op::RESHAPE:
    case Op::SLICE:
    case Op::SOFTMAX:
    case Op::SPACE_TO_BATCH_ND:
    case Op::SPLIT:
    case Op::SPLIT_V:
    case Op::SQUEEZE:
    case Op::STRIDED_SLICE:
    case Op::TANH:
    case Op::TRANSPOSE:
    case Op::UNPACK:
      return true;
    default:
      return false;
  }
}

bool AllFinite(std::span<const std::uint8_t> floats) {
  for (std::size_t at = 0; at + sizeof(float) <= floats.size(); at += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, floats.data() + at, sizeof(value));
    if (!std::isfinite(value)) return false;
  }
  return true;
}

/// Follows floats back to where they come from.
class Origin {
 public:
  explicit Origin(const tflite::ModelT& model) : model_(model), graph_(*model.subgraphs[0]) {
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      for (const auto output : graph_.operators[i]->outputs) producers_.emplace(output, i);
    }
  }

  /// Whether tensor `index` is finite as long as the model's inputs are.
  bool Finite(std::int32_t index) {
    std::vector<std::int32_t> open{index};
    while (!open.empty()) {
      const auto next = open.back();
      open.pop_back();
      if (next < 0 || !seen_.insert(next).second) continue;
      const auto& tensor = *graph_.tensors[static_cast<std::size_t>(next)];
      if (tensor.type != TensorType::FLOAT32) {
        if (tensor.type == TensorType::FLOAT16) return false;
        continue;  // integers, or quantised with a bounded scale
      }
      const auto constant = tflite::ConstantBytes(model_, tensor);
      if (!constant.empty()) {
        if (!AllFinite(constant)) return false;
        continue;
      }
      const auto producer = producers_.find(next);
      if (producer == producers_.end()) continue;  // an input of the model
      const auto& op = *graph_.operators[producer->second];
      const auto kind = tflite::OperatorOf(model_, op);
      if (!KeepsFinite(kind) && kind != Op::DEQUANTIZE) return false;
      open.insert(open.end(), op.inputs.begin(), op.inputs.end());
    }
    return true;
  }

 private:
  const tflite::ModelT& model_;
  const tflite::SubGraphT& graph_;
  std::map<std::int32_t, std::size_t> producers_;
  std::set<std::int32_t> seen_;  ///< all of them turned out finite, or the search is over
};

}  // namespace

Outcome<bool> NeedsFiniteInputs(const tflite::ModelT& model) {
  const auto& graph = *model.subgraphs[0];
  Origin origin(model);
  bool needs = false;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const OperatorView op(model, graph, i);
    if (!IsQuantized(op.Output().type)) continue;
    for (std::size_t in = 0; in < op.inputs(); ++in) {
      if (!op.HasInput(in) || !IsFloat(op.Input(in).type)) continue;
      needs = true;
      if (origin.Finite(op.op().inputs[in])) continue;
      return op.Fail(
          "quantises results of float arithmetic, which may be NaN, and Arm NN ends the process "
          "then; export the model quantised or float throughout");
    }
  }
  return needs;
}

Outcome<void> CheckDiv(const OperatorView& op) {
  TINYFOG_TRY(CheckBinary(op));
  const auto& divisor = op.Input(1);
  if (divisor.type == TensorType::FLOAT32 && op.Output().type == TensorType::FLOAT32) return {};
  if (divisor.type != TensorType::INT8 && divisor.type != TensorType::UINT8) {
    return op.Fail("divides integers; only FLOAT32, INT8 and UINT8 are supported");
  }
  const std::int64_t zero =
      divisor.quantization->zero_point.empty() ? 0 : divisor.quantization->zero_point[0];
  if (!op.IsConstant(1)) return op.Fail("a quantised divisor must be a constant without zeros");
  for (const auto byte : op.Constant(1)) {
    const std::int64_t value =
        divisor.type == TensorType::INT8 ? std::int64_t{static_cast<std::int8_t>(byte)} : byte;
    if (value == zero) return op.Fail("a quantised divisor must be a constant without zeros");
  }
  return {};
}

Outcome<void> CheckSoftmax(const OperatorView& op) {
  const float beta = op.op().builtin_options.AsSoftmaxOptions()->beta;
  if (!(beta > 0 && beta <= 1e6f)) return op.Fail("beta must be above 0 and at most 1e6");
  return CheckUnary(op);
}

Outcome<void> CheckLeakyRelu(const OperatorView& op) {
  const float alpha = op.op().builtin_options.AsLeakyReluOptions()->alpha;
  if (!(std::fabs(alpha) <= 1e6f)) return op.Fail("alpha must be from -1e6 to 1e6");
  return CheckUnary(op);
}

}  // namespace tinyfog::inference
