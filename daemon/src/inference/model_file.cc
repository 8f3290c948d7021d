#include "model_file.h"

#include <algorithm>
#include <set>

#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::inference {
namespace {

using tflite::ModelT;
using tflite::SubGraphT;
using tflite::TensorT;
using tflite::TensorType;

std::optional<DataType> ToDataType(TensorType type) {
  switch (type) {
    case TensorType::BOOL:
      return DataType::kBool;
    case TensorType::UINT8:
      return DataType::kUint8;
    case TensorType::INT8:
      return DataType::kInt8;
    case TensorType::INT16:
      return DataType::kInt16;
    case TensorType::INT32:
      return DataType::kInt32;
    case TensorType::INT64:
      return DataType::kInt64;
    case TensorType::FLOAT16:
      return DataType::kFp16;
    case TensorType::FLOAT32:
      return DataType::kFp32;
    case TensorType::FLOAT64:
      return DataType::kFp64;
    default:
      return std::nullopt;
  }
}

Outcome<TensorSpec> SpecOf(const SubGraphT& graph, std::int32_t index) {
  const TensorT& tensor = *graph.tensors[static_cast<std::size_t>(index)];
  const auto type = ToDataType(tensor.type);
  if (!type) {
    return InvalidArgument(tflite::TensorText(graph, index) +
                           " is an input or output of a type that requests cannot have");
  }
  TensorSpec spec{tensor.name, *type, {tensor.shape.begin(), tensor.shape.end()}, std::nullopt};
  if (tensor.quantization && tensor.quantization->scale.size() == 1) {
    const auto& q = *tensor.quantization;
    spec.quantization = Quantization{
        q.scale[0], q.zero_point.empty() ? 0 : static_cast<std::int32_t>(q.zero_point[0])};
  }
  return spec;
}

/// Requests address tensors by name and the engine finds them by name.
Outcome<void> CheckNames(const Signature& signature) {
  std::set<std::string> names;
  for (const auto* specs : {&signature.inputs, &signature.outputs}) {
    for (const auto& spec : *specs) {
      if (spec.name.empty()) return InvalidArgument("an input or output has no name");
      if (spec.name.size() > 1024) return InvalidArgument("a tensor's name is above 1024 bytes");
      if (!names.insert(spec.name).second) {
        return InvalidArgument("two inputs or outputs are named '" + spec.name.substr(0, 100) +
                               "'");
      }
    }
  }
  return {};
}

/// Each of a batch's requests takes these bytes.
Outcome<void> CheckSize(const Signature& signature) {
  constexpr std::uint64_t kMost = 64ull << 20;
  std::uint64_t bytes = 0;
  for (const auto* specs : {&signature.inputs, &signature.outputs}) {
    for (const auto& spec : *specs) bytes += spec.ByteSize();
  }
  if (bytes <= kMost) return {};
  return InvalidArgument("inputs and outputs take " + std::to_string(bytes) + " bytes; at most " +
                         std::to_string(kMost) + " are allowed");
}

Outcome<Signature> SignatureOf(const ModelT& model) {
  const auto& graph = *model.subgraphs[0];
  Signature signature;
  for (const auto index : graph.inputs) {
    TINYFOG_TRY_ASSIGN(auto spec, SpecOf(graph, index));
    signature.inputs.push_back(std::move(spec));
  }
  for (const auto index : graph.outputs) {
    TINYFOG_TRY_ASSIGN(auto spec, SpecOf(graph, index));
    signature.outputs.push_back(std::move(spec));
  }
  if (signature.inputs.empty() || signature.outputs.empty()) {
    return InvalidArgument("the model has no inputs or no outputs");
  }
  TINYFOG_TRY(CheckNames(signature));
  TINYFOG_TRY(CheckSize(signature));
  return signature;
}

bool MayBatch(const Signature& signature) {
  const auto one_row = [](const TensorSpec& spec) {
    return spec.shape.size() >= 2 && spec.shape[0] == 1;
  };
  return std::all_of(signature.inputs.begin(), signature.inputs.end(), one_row) &&
         std::all_of(signature.outputs.begin(), signature.outputs.end(), one_row);
}

bool IsQuantised(const SubGraphT& graph) {
  return std::any_of(graph.tensors.begin(), graph.tensors.end(), [](const auto& tensor) {
    return tensor->quantization && !tensor->quantization->scale.empty();
  });
}

/// Leaves only what the engine reads, in the form that its older schema knows.
void Simplify(ModelT& model) {
  for (auto& code : model.operator_codes) {
    const auto value = std::max(static_cast<int>(code->builtin_code),
                                static_cast<int>(code->deprecated_builtin_code));
    code->deprecated_builtin_code = static_cast<std::int8_t>(std::min(value, 127));
  }
  model.metadata.clear();
  model.metadata_buffer.clear();
  model.signature_defs.clear();
  for (auto& tensor : model.subgraphs[0]->tensors) tensor->shape_signature.clear();
}

/// Empties buffers that no tensor uses (any more).
void DropUnusedBuffers(ModelT& model) {
  std::set<std::uint32_t> used;
  for (const auto& tensor : model.subgraphs[0]->tensors) used.insert(tensor->buffer);
  for (std::uint32_t i = 0; i < model.buffers.size(); ++i) {
    if (used.count(i) == 0) std::vector<std::uint8_t>().swap(model.buffers[i]->data);
  }
}

/// Errors: why it cannot be done.
Outcome<void> PrepareForArmnn(ModelT& model, ModelFile& result) {
  TINYFOG_TRY_ASSIGN(result.multiplications, CheckModel(model));
  TINYFOG_TRY_ASSIGN(result.signature.finite_inputs, NeedsFiniteInputs(model));
  result.cpu_ref_gap = CpuRefGap(model);
  NormalizeAxes(model);
  return {};
}

}  // namespace

Outcome<ModelFile> OpenModel(std::span<const std::uint8_t> file) {
  auto parsed = tflite::Parse(file);
  if (!parsed.ok()) return std::move(parsed).error();
  ModelT& model = **parsed;
  Simplify(model);
  tflite::DequantizeConstants(model);
  DropUnusedBuffers(model);
  TINYFOG_TRY(tflite::Check(model));
  ModelFile result;
  TINYFOG_TRY_ASSIGN(result.signature, SignatureOf(model));
  result.operators = model.subgraphs[0]->operators.size();
  result.quantised = IsQuantised(*model.subgraphs[0]);
  if (auto fit = PrepareForArmnn(model, result); !fit.ok()) result.only_tiny = fit.error();
  result.may_batch = MayBatch(result.signature);
  result.file_bytes = file.size();
  result.bytes = tflite::Serialize(model);
  return result;
}

}  // namespace tinyfog::inference
