#include <algorithm>

#include "check_tensor.h"
#include "tinyfog/tflite/model.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::tflite {
namespace {

template <class Pointers>
Outcome<void> CheckPresent(const Pointers& pointers, const std::string& what) {
  for (std::size_t i = 0; i < pointers.size(); ++i) {
    if (!pointers[i]) return InvalidArgument(what + " " + std::to_string(i) + " is missing");
  }
  return {};
}

Outcome<void> CheckBuffers(const ModelT& model) {
  TINYFOG_TRY(CheckPresent(model.buffers, "buffer"));
  for (std::size_t i = 0; i < model.buffers.size(); ++i) {
    if (model.buffers[i]->offset > 1 || model.buffers[i]->size > 1) {
      return Error{Status::kUnimplemented, "buffer " + std::to_string(i) +
                                               " is outside the flatbuffer, as in files above 2 "
                                               "GB; such files are not supported"};
    }
  }
  return {};
}

Outcome<void> CheckOperatorCodes(const ModelT& model) {
  TINYFOG_TRY(CheckPresent(model.operator_codes, "operator code"));
  for (std::size_t i = 0; i < model.operator_codes.size(); ++i) {
    const OperatorCodeT& code = *model.operator_codes[i];
    const auto builtin = std::max<std::int32_t>(static_cast<std::int32_t>(code.builtin_code),
                                                code.deprecated_builtin_code);
    const std::string text =
        "operator code " + std::to_string(i) + ": " + std::to_string(builtin) + " ";
    if (builtin < 0 ||
        builtin == static_cast<std::int32_t>(BuiltinOperator::PLACEHOLDER_FOR_GREATER_OP_CODES)) {
      return InvalidArgument(text + "is not an operator");
    }
    if (builtin > static_cast<std::int32_t>(BuiltinOperator::MAX)) {
      return Error{Status::kUnimplemented, text + "is newer than this reader knows"};
    }
  }
  return {};
}

/// Checks one subgraph; keeps which tensors have a value at the operator that it has reached.
class GraphChecker {
 public:
  GraphChecker(const ModelT& model, const SubGraphT& graph) : model_(model), graph_(graph) {}

  Outcome<void> Check() {
    TINYFOG_TRY(CheckPresent(graph_.tensors, "tensor"));
    TINYFOG_TRY(CheckPresent(graph_.operators, "operator"));
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) TINYFOG_TRY(AddTensor(i));
    for (const std::int32_t index : graph_.inputs) TINYFOG_TRY(AddInput(index));
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      const OperatorT& op = *graph_.operators[i];
      if (op.opcode_index >= model_.operator_codes.size()) {
        return InvalidArgument("operator " + std::to_string(i) + ": its operator code " +
                               std::to_string(op.opcode_index) + " is not one of the " +
                               std::to_string(model_.operator_codes.size()) + " codes");
      }
      if (auto checked = CheckOperator(op); !checked.ok()) {
        return InContext(checked.error(), OperatorText(model_, graph_, i));
      }
    }
    for (const std::int32_t index : graph_.outputs) {
      if (!InRange(index)) return InvalidArgument("output: there is no " + Text(index));
      if (!HasValue(index)) return InvalidArgument("output: nothing computes " + Text(index));
    }
    return {};
  }

 private:
  enum class Source : std::uint8_t { kNone, kConstant, kInput, kVariable, kOperator };

  bool InRange(std::int32_t index) const {
    return index >= 0 && static_cast<std::size_t>(index) < graph_.tensors.size();
  }
  Source& SourceOf(std::int32_t index) { return sources_[static_cast<std::size_t>(index)]; }
  bool HasValue(std::int32_t index) { return SourceOf(index) != Source::kNone; }
  std::string Text(std::int32_t index) const { return TensorText(graph_, index); }

  Outcome<void> AddTensor(std::size_t index) {
    const TensorT& tensor = *graph_.tensors[index];
    if (auto checked = CheckTensor(model_, tensor); !checked.ok()) {
      return InContext(checked.error(), Text(static_cast<std::int32_t>(index)));
    }
    const bool constant = !ConstantBytes(model_, tensor).empty();
    sources_.push_back(constant             ? Source::kConstant
                       : tensor.is_variable ? Source::kVariable
                                            : Source::kNone);
    return {};
  }

  Outcome<void> AddInput(std::int32_t index) {
    if (!InRange(index)) return InvalidArgument("input: there is no " + Text(index));
    Source& source = SourceOf(index);
    if (source == Source::kConstant) return InvalidArgument("input: constant " + Text(index));
    if (source == Source::kInput) return InvalidArgument("input: twice " + Text(index));
    source = Source::kInput;
    return {};
  }

  Outcome<void> CheckOperator(const OperatorT& op) {
    if (op.large_custom_options_offset > 1 || op.large_custom_options_size > 1) {
      return Error{Status::kUnimplemented,
                   "its options are outside the flatbuffer, as in files above 2 GB; such files are "
                   "not supported"};
    }
    if (op.builtin_options.type > BuiltinOptions::MAX) {
      return Error{Status::kUnimplemented, "its options are newer than this reader knows"};
    }
    if (op.builtin_options.type != BuiltinOptions::NONE && !op.builtin_options.value) {
      return InvalidArgument("it has a type of options but no options");
    }
    TINYFOG_TRY(CheckSubgraphs(op));
    for (const std::int32_t index : op.inputs) TINYFOG_TRY(CheckInput(index));
    for (const std::int32_t index : op.intermediates) {
      if (index != -1 && !InRange(index)) return InvalidArgument("there is no " + Text(index));
    }
    if (!op.mutating_variable_inputs.empty() &&
        op.mutating_variable_inputs.size() != op.inputs.size()) {
      return InvalidArgument("its mutating_variable_inputs are not as many as its inputs");
    }
    for (const std::int32_t index : op.outputs) TINYFOG_TRY(AddOutput(index));
    return {};
  }

  Outcome<void> CheckInput(std::int32_t index) {
    if (index == -1) return {};
    if (!InRange(index)) return InvalidArgument("its input: there is no " + Text(index));
    // A tensor of no elements has its value without a buffer.
    if (HasValue(index) || ElementCount(*graph_.tensors[static_cast<std::size_t>(index)]) == 0) {
      return {};
    }
    return InvalidArgument("its input " + Text(index) + " is not computed before it");
  }

  Outcome<void> AddOutput(std::int32_t index) {
    if (!InRange(index)) return InvalidArgument("its output: there is no " + Text(index));
    if (HasValue(index)) {
      return InvalidArgument("its output " + Text(index) + " already has a value");
    }
    SourceOf(index) = Source::kOperator;
    return {};
  }

  Outcome<void> CheckSubgraph(std::int64_t index) {
    if (index >= 0 && index < static_cast<std::int64_t>(model_.subgraphs.size())) return {};
    return InvalidArgument("there is no subgraph " + std::to_string(index));
  }

  Outcome<void> CheckSubgraphs(const OperatorT& op) {
    if (const auto* o = op.builtin_options.AsIfOptions()) {
      TINYFOG_TRY(CheckSubgraph(o->then_subgraph_index));
      return CheckSubgraph(o->else_subgraph_index);
    }
    if (const auto* o = op.builtin_options.AsWhileOptions()) {
      TINYFOG_TRY(CheckSubgraph(o->cond_subgraph_index));
      return CheckSubgraph(o->body_subgraph_index);
    }
    if (const auto* o = op.builtin_options.AsCallOnceOptions()) {
      return CheckSubgraph(o->init_subgraph_index);
    }
    if (const auto* o = op.builtin_options.AsCallOptions()) return CheckSubgraph(o->subgraph);
    return {};
  }

  const ModelT& model_;
  const SubGraphT& graph_;
  std::vector<Source> sources_;
};

Outcome<void> CheckMetadata(const ModelT& model) {
  TINYFOG_TRY(CheckPresent(model.metadata, "metadata"));
  for (const auto& metadata : model.metadata) {
    if (metadata->buffer >= model.buffers.size()) {
      return InvalidArgument("metadata '" + metadata->name + "': there is no buffer " +
                             std::to_string(metadata->buffer));
    }
  }
  for (const std::int32_t buffer : model.metadata_buffer) {
    if (buffer < 0 || static_cast<std::size_t>(buffer) >= model.buffers.size()) {
      return InvalidArgument("metadata: there is no buffer " + std::to_string(buffer));
    }
  }
  return {};
}

Outcome<void> CheckSignature(const ModelT& model, const SignatureDefT& signature) {
  if (signature.subgraph_index >= model.subgraphs.size()) {
    return InvalidArgument("there is no subgraph " + std::to_string(signature.subgraph_index));
  }
  const std::size_t tensors = model.subgraphs[signature.subgraph_index]->tensors.size();
  for (const auto* maps : {&signature.inputs, &signature.outputs}) {
    TINYFOG_TRY(CheckPresent(*maps, "tensor name"));
    for (const auto& map : *maps) {
      if (map->tensor_index >= tensors) {
        return InvalidArgument("there is no tensor " + std::to_string(map->tensor_index));
      }
    }
  }
  return {};
}

}  // namespace

Outcome<void> Check(const ModelT& model) {
  if (model.version != 3) {
    return InvalidArgument("schema version " + std::to_string(model.version) +
                           " is not supported, only 3: convert the model again");
  }
  TINYFOG_TRY(CheckBuffers(model));
  TINYFOG_TRY(CheckOperatorCodes(model));
  TINYFOG_TRY(CheckMetadata(model));
  if (model.subgraphs.empty()) return InvalidArgument("the model has no subgraph");
  TINYFOG_TRY(CheckPresent(model.subgraphs, "subgraph"));
  for (std::size_t i = 0; i < model.subgraphs.size(); ++i) {
    if (auto checked = GraphChecker(model, *model.subgraphs[i]).Check(); !checked.ok()) {
      return InContext(checked.error(), "subgraph " + std::to_string(i));
    }
  }
  TINYFOG_TRY(CheckPresent(model.signature_defs, "signature"));
  for (const auto& signature : model.signature_defs) {
    if (auto checked = CheckSignature(model, *signature); !checked.ok()) {
      return InContext(checked.error(), "signature '" + signature->signature_key + "'");
    }
  }
  return {};
}

}  // namespace tinyfog::tflite
