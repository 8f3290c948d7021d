#include <cstring>
#include <map>

#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {
namespace {

/// Operators that compute in the type of their first input and would need a hybrid kernel
/// otherwise.
bool ComputesInInputType(BuiltinOperator op) {
  switch (op) {
    case BuiltinOperator::CONV_2D:
    case BuiltinOperator::DEPTHWISE_CONV_2D:
    case BuiltinOperator::FULLY_CONNECTED:
    case BuiltinOperator::TRANSPOSE_CONV:
    case BuiltinOperator::ADD:
    case BuiltinOperator::SUB:
    case BuiltinOperator::MUL:
    case BuiltinOperator::DIV:
      return true;
    default:
      return false;
  }
}

bool IsQuantizedConstant(const ModelT& model, const TensorT& tensor) {
  return (tensor.type == TensorType::INT8 || tensor.type == TensorType::UINT8) &&
         tensor.quantization && !tensor.quantization->scale.empty() &&
         !ConstantBytes(model, tensor).empty();
}

/// Elements that share one scale lie together; `stride` of them.
std::size_t ElementsPerScale(const TensorT& tensor) {
  std::size_t stride = 1;
  const auto axis = static_cast<std::size_t>(tensor.quantization->quantized_dimension);
  for (std::size_t i = axis + 1; i < tensor.shape.size(); ++i) {
    stride *= static_cast<std::size_t>(tensor.shape[i]);
  }
  return stride;
}

void Dequantize(ModelT& model, TensorT& tensor) {
  const auto bytes = ConstantBytes(model, tensor);
  const auto& scales = tensor.quantization->scale;
  const auto& zero_points = tensor.quantization->zero_point;
  const std::size_t stride = scales.size() > 1 ? ElementsPerScale(tensor) : 1;
  auto floats = std::make_unique<BufferT>();
  floats->data.resize(bytes.size() * sizeof(float));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::size_t channel = scales.size() > 1 ? i / stride % scales.size() : 0;
    const std::int64_t zero = zero_points.empty() ? 0 : zero_points[channel];
    const std::int64_t stored = tensor.type == TensorType::INT8
                                    ? static_cast<std::int8_t>(bytes[i])
                                    : static_cast<std::int64_t>(bytes[i]);
    const float value = scales[channel] * static_cast<float>(stored - zero);
    std::memcpy(&floats->data[i * sizeof(float)], &value, sizeof(float));
  }
  tensor.type = TensorType::FLOAT32;
  tensor.quantization.reset();
  tensor.buffer = static_cast<std::uint32_t>(model.buffers.size());
  model.buffers.push_back(std::move(floats));
}

}  // namespace

std::size_t DequantizeConstants(ModelT& model) {
  std::size_t changed = 0;
  for (auto& graph : model.subgraphs) {
    // A constant that an integer operator uses as well must stay as it is.
    std::map<std::int32_t, bool> only_floats;
    for (const auto& op : graph->operators) {
      bool on_floats = false;
      for (const auto input : op->inputs) {
        on_floats |= input >= 0 && ComputesInInputType(OperatorOf(model, *op)) &&
                     graph->tensors[static_cast<std::size_t>(input)]->type == TensorType::FLOAT32;
      }
      for (const auto input : op->inputs) {
        if (input < 0) continue;
        const auto [it, added] = only_floats.emplace(input, on_floats);
        it->second = it->second && on_floats;
      }
    }
    for (const auto& [index, floats] : only_floats) {
      auto& tensor = *graph->tensors[static_cast<std::size_t>(index)];
      if (!floats || !IsQuantizedConstant(model, tensor)) continue;
      Dequantize(model, tensor);
      ++changed;
    }
  }
  return changed;
}

}  // namespace tinyfog::tflite
