#include <cstring>

#include "model_file.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::inference {
namespace {

using tflite::BuiltinOperator;
using tflite::ModelT;
using tflite::OperatorT;
using tflite::SubGraphT;

std::int32_t Rank(const SubGraphT& graph, std::int32_t tensor) {
  return static_cast<std::int32_t>(graph.tensors[static_cast<std::size_t>(tensor)]->shape.size());
}

/// The axis is a constant of one INT32, which other operators may use too: it gets a tensor of its
/// own.
void NormalizeConstant(ModelT& model, SubGraphT& graph, OperatorT& op, std::size_t input,
                       std::int32_t rank) {
  const auto& old = *graph.tensors[static_cast<std::size_t>(op.inputs[input])];
  std::int32_t axis = 0;
  std::memcpy(&axis, tflite::ConstantBytes(model, old).data(), sizeof(axis));
  if (axis >= 0) return;
  axis += rank;
  auto buffer = std::make_unique<tflite::BufferT>();
  buffer->data.resize(sizeof(axis));
  std::memcpy(buffer->data.data(), &axis, sizeof(axis));
  auto tensor = std::make_unique<tflite::TensorT>();
  tensor->shape = old.shape;
  tensor->type = tflite::TensorType::INT32;
  tensor->buffer = static_cast<std::uint32_t>(model.buffers.size());
  op.inputs[input] = static_cast<std::int32_t>(graph.tensors.size());
  model.buffers.push_back(std::move(buffer));
  graph.tensors.push_back(std::move(tensor));
}

}  // namespace

void NormalizeAxes(ModelT& model) {
  auto& graph = *model.subgraphs[0];
  for (auto& op : graph.operators) {
    switch (tflite::OperatorOf(model, *op)) {
      case BuiltinOperator::PACK: {
        auto& options = *op->builtin_options.AsPackOptions();
        if (options.axis < 0) options.axis += Rank(graph, op->inputs[0]) + 1;
        break;
      }
      case BuiltinOperator::UNPACK: {
        auto& options = *op->builtin_options.AsUnpackOptions();
        if (options.axis < 0) options.axis += Rank(graph, op->inputs[0]);
        break;
      }
      case BuiltinOperator::SPLIT:
        NormalizeConstant(model, graph, *op, 0, Rank(graph, op->inputs[1]));
        break;
      case BuiltinOperator::SPLIT_V:
        NormalizeConstant(model, graph, *op, 2, Rank(graph, op->inputs[0]));
        break;
      default:
        break;
    }
  }
}

}  // namespace tinyfog::inference
