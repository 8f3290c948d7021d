#include "tinyfog/graph/from_tflite.h"

#include "attributes.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::graph {
namespace {

std::optional<nn::Type> TypeOf(tflite::TensorType type) {
  switch (type) {
    case tflite::TensorType::INT8:
    case tflite::TensorType::INT4:
      return nn::Type::kInt8;
    case tflite::TensorType::UINT8:
      return nn::Type::kUint8;
    case tflite::TensorType::INT16:
      return nn::Type::kInt16;
    case tflite::TensorType::INT32:
      return nn::Type::kInt32;
    case tflite::TensorType::INT64:
      return nn::Type::kInt64;
    case tflite::TensorType::FLOAT32:
      return nn::Type::kFloat32;
    case tflite::TensorType::BOOL:
      return nn::Type::kBool;
    default:
      return std::nullopt;
  }
}

Quantization QuantizationOf(const tflite::TensorT& source) {
  Quantization q;
  if (source.quantization == nullptr) return q;
  q.scales = source.quantization->scale;
  q.zero_points.assign(source.quantization->zero_point.begin(),
                       source.quantization->zero_point.end());
  q.axis = source.quantization->quantized_dimension;
  return q;
}

Outcome<Tensor> TensorFrom(const tflite::ModelT& model, const tflite::SubGraphT& subgraph,
                           std::size_t index, bool used) {
  const tflite::TensorT& source = *subgraph.tensors[index];
  const std::optional<nn::Type> type = TypeOf(source.type);
  const std::string text = tflite::TensorText(subgraph, static_cast<std::int64_t>(index));
  if (!type && used) return Error{Status::kUnimplemented, text + ": the type is not supported"};
  Tensor tensor;
  tensor.name = source.name;
  tensor.type = type.value_or(nn::Type::kInt8);
  tensor.four_bit = source.type == tflite::TensorType::INT4;
  tensor.is_variable = source.is_variable;
  tensor.shape = source.shape;
  for (const std::int32_t d : tensor.shape) {
    if (d <= 0 && used) return InvalidArgument(text + ": the shape has an empty or open dimension");
  }
  tensor.quantization = QuantizationOf(source);
  const std::span<const std::uint8_t> bytes = tflite::ConstantBytes(model, source);
  if (!bytes.empty()) tensor.constant.emplace(bytes.begin(), bytes.end());
  return tensor;
}

// Tensors whose values matter; LSTM's intermediates, for one, hold only a quantisation.
std::vector<bool> UsedTensors(const Graph& graph, std::size_t count) {
  std::vector<bool> used(count);
  const auto mark = [&used](const std::vector<int>& tensors) {
    for (const int t : tensors) {
      if (t >= 0) used[static_cast<std::size_t>(t)] = true;
    }
  };
  mark(graph.inputs);
  mark(graph.outputs);
  for (const Node& node : graph.nodes) {
    mark(node.inputs);
    mark(node.outputs);
  }
  return used;
}

}  // namespace

Outcome<Graph> FromTflite(const tflite::ModelT& model) {
  const tflite::SubGraphT& subgraph = *model.subgraphs[0];
  Graph graph;
  graph.inputs = subgraph.inputs;
  graph.outputs = subgraph.outputs;
  for (std::size_t i = 0; i < subgraph.operators.size(); ++i) {
    const tflite::OperatorT& source = *subgraph.operators[i];
    const std::optional<Op> op = OpNamed(tflite::OperatorName(model, source));
    if (!op) {
      return Error{Status::kUnimplemented, tflite::OperatorText(model, subgraph, i) +
                                               " is not supported; supported are " + OpNames()};
    }
    graph.nodes.push_back({*op, source.inputs, source.outputs, AttributesOf(source),
                           source.intermediates, static_cast<int>(i)});
  }
  const std::vector<bool> used = UsedTensors(graph, subgraph.tensors.size());
  for (std::size_t i = 0; i < subgraph.tensors.size(); ++i) {
    TINYFOG_TRY_ASSIGN(Tensor tensor, TensorFrom(model, subgraph, i, used[i]));
    graph.tensors.push_back(std::move(tensor));
  }
  return graph;
}

}  // namespace tinyfog::graph
