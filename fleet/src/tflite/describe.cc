#include <algorithm>

#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {

BuiltinOperator OperatorOf(const ModelT& model, const OperatorT& op) {
  // Old writers fill only the one-byte field; new ones put 127 there for codes above it.
  const OperatorCodeT& code = *model.operator_codes[op.opcode_index];
  return std::max(code.builtin_code, static_cast<BuiltinOperator>(code.deprecated_builtin_code));
}

std::string OperatorName(const ModelT& model, const OperatorT& op) {
  const BuiltinOperator builtin = OperatorOf(model, op);
  if (builtin == BuiltinOperator::CUSTOM) return model.operator_codes[op.opcode_index]->custom_code;
  return EnumNameBuiltinOperator(builtin);
}

std::string OperatorText(const ModelT& model, const SubGraphT& graph, std::size_t index) {
  return "operator " + std::to_string(index) + " (" + OperatorName(model, *graph.operators[index]) +
         ")";
}

std::string TensorText(const SubGraphT& graph, std::int64_t index) {
  std::string text = "tensor " + std::to_string(index);
  if (index < 0 || index >= static_cast<std::int64_t>(graph.tensors.size())) return text;
  const TensorT& tensor = *graph.tensors[static_cast<std::size_t>(index)];
  text += " '" + tensor.name + "' (" + TypeName(tensor.type) + " [";
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    text += (i ? "," : "") + std::to_string(tensor.shape[i]);
  }
  return text + "])";
}

std::string TypeName(TensorType type) {
  const char* name = EnumNameTensorType(type);
  return *name ? name : "type " + std::to_string(static_cast<int>(type));
}

unsigned ElementBits(TensorType type) {
  switch (type) {
    case TensorType::INT4:
      return 4;
    case TensorType::INT8:
    case TensorType::UINT8:
    case TensorType::BOOL:
      return 8;
    case TensorType::INT16:
    case TensorType::UINT16:
    case TensorType::FLOAT16:
    case TensorType::BFLOAT16:
      return 16;
    case TensorType::INT32:
    case TensorType::UINT32:
    case TensorType::FLOAT32:
      return 32;
    case TensorType::INT64:
    case TensorType::UINT64:
    case TensorType::FLOAT64:
    case TensorType::COMPLEX64:
      return 64;
    case TensorType::COMPLEX128:
      return 128;
    case TensorType::STRING:
    case TensorType::RESOURCE:
    case TensorType::VARIANT:
      break;
  }
  return 0;
}

std::size_t ElementCount(const TensorT& tensor) {
  std::size_t count = 1;
  for (const std::int32_t dimension : tensor.shape) count *= static_cast<std::size_t>(dimension);
  return count;
}

std::size_t ByteSize(const TensorT& tensor) {
  return (ElementCount(tensor) * ElementBits(tensor.type) + 7) / 8;
}

std::span<const std::uint8_t> ConstantBytes(const ModelT& model, const TensorT& tensor) {
  return model.buffers[tensor.buffer]->data;
}

}  // namespace tinyfog::tflite
