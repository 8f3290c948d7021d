#include <cstring>

#include "model_file.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::inference {
namespace {

using tflite::BuiltinOperator;
using tflite::ModelT;
using tflite::SubGraphT;

/// Gives the tensor a buffer of its own, because constants may share one.
std::vector<std::uint8_t>& OwnBuffer(ModelT& model, tflite::TensorT& tensor) {
  auto copy = std::make_unique<tflite::BufferT>();
  copy->data = model.buffers[tensor.buffer]->data;
  tensor.buffer = static_cast<std::uint32_t>(model.buffers.size());
  model.buffers.push_back(std::move(copy));
  return model.buffers.back()->data;
}

void PatchReshape(ModelT& model, SubGraphT& graph, tflite::OperatorT& op, std::int32_t rows) {
  if (auto* options = op.builtin_options.AsReshapeOptions()) {
    if (!options->new_shape.empty() && options->new_shape[0] == 1) options->new_shape[0] = rows;
  }
  if (op.inputs.size() < 2 || op.inputs[1] < 0) return;
  auto& shape = *graph.tensors[static_cast<std::size_t>(op.inputs[1])];
  const auto bytes = tflite::ConstantBytes(model, shape);
  if (shape.type != tflite::TensorType::INT32 || bytes.size() < 4) return;
  std::int32_t first = 0;
  std::memcpy(&first, bytes.data(), 4);
  if (first == 1) std::memcpy(OwnBuffer(model, shape).data(), &rows, 4);
}

}  // namespace

void PatchBatch(ModelT& model, std::uint32_t rows) {
  const auto count = static_cast<std::int32_t>(rows);
  auto& graph = *model.subgraphs[0];
  for (auto& tensor : graph.tensors) {
    if (!tflite::ConstantBytes(model, *tensor).empty()) continue;
    if (!tensor->shape.empty() && tensor->shape[0] == 1) tensor->shape[0] = count;
    tensor->shape_signature.clear();
  }
  for (auto& op : graph.operators) {
    if (tflite::OperatorOf(model, *op) == BuiltinOperator::RESHAPE) {
      PatchReshape(model, graph, *op, count);
    }
  }
}

Signature BatchedSignature(Signature signature, std::uint32_t rows) {
  for (auto& spec : signature.inputs) spec.shape[0] = rows;
  for (auto& spec : signature.outputs) spec.shape[0] = rows;
  return signature;
}

Outcome<std::vector<std::uint8_t>> BatchedModel(const ModelFile& file, std::uint32_t rows) {
  auto model = tflite::Parse(file.bytes);
  if (!model.ok()) return std::move(model).error();
  PatchBatch(**model, rows);
  if (auto valid = tflite::Check(**model); !valid.ok()) {
    return Error{Status::kUnimplemented, valid.error().message};
  }
  if (auto valid = CheckModel(**model); !valid.ok()) {
    return Error{Status::kUnimplemented, valid.error().message};
  }
  return tflite::Serialize(**model);
}

}  // namespace tinyfog::inference
