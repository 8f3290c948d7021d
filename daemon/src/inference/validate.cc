#include "validate.h"

#include <algorithm>
#include <cstring>

namespace tinyfog::inference {
namespace {

/// What came from outside must not blow up a message.
std::string Quoted(const std::string& name) {
  return "'" + (name.size() > 100 ? name.substr(0, 100) + "..." : name) + "'";
}

std::string NamesText(const std::vector<TensorSpec>& specs) {
  std::string text;
  for (const auto& spec : specs) {
    if (text.size() > 500) return text + ", ...";
    text += (text.empty() ? "" : ", ") + Quoted(spec.name);
  }
  return text;
}

const TensorSpec* FindSpec(const std::vector<TensorSpec>& specs, const std::string& name,
                           std::size_t& index) {
  for (index = 0; index < specs.size(); ++index) {
    if (specs[index].name == name) return &specs[index];
  }
  return nullptr;
}

std::string ExpectedShape(const TensorSpec& spec, std::uint32_t max_batch) {
  auto text = ShapeText(spec.shape);
  if (max_batch > 1) text += " (the first may be 1.." + std::to_string(max_batch) + ")";
  return text;
}

/// The rows of `tensor`, whose shape, type and size must fit `spec`.
Outcome<std::uint32_t> CheckTensor(const TensorSpec& spec, std::uint32_t max_batch,
                                   Tensor& tensor) {
  const auto input = "input " + Quoted(spec.name);
  if (tensor.shape.empty() && !spec.shape.empty()) {
    tensor.shape = spec.shape;
    tensor.type = spec.type;
  }
  if (tensor.type != spec.type && !spec.shape.empty()) {
    return InvalidArgument(input + " has type " + DataTypeName(tensor.type) + ", expected " +
                           DataTypeName(spec.type));
  }
  tensor.type = spec.type;
  bool fits = tensor.shape.size() == spec.shape.size();
  std::uint32_t rows = 1;
  for (std::size_t i = 0; fits && i < spec.shape.size(); ++i) {
    if (i == 0 && max_batch > 1) {
      fits = tensor.shape[0] >= 1 && tensor.shape[0] <= std::int64_t{max_batch};
      if (fits) rows = static_cast<std::uint32_t>(tensor.shape[0]);
    } else {
      fits = tensor.shape[i] == spec.shape[i];
    }
  }
  if (!fits) {
    return InvalidArgument(input + " has shape " + ShapeText(tensor.shape) + ", expected " +
                           ExpectedShape(spec, max_batch));
  }
  const std::size_t expected = spec.ByteSize() * rows;
  if (tensor.bytes.size() != expected) {
    return InvalidArgument(input + " has " + std::to_string(tensor.bytes.size()) +
                           " bytes, expected " + std::to_string(expected) + " (" +
                           DataTypeName(spec.type) + " " + ShapeText(tensor.shape) + ")");
  }
  return rows;
}

bool AllFinite(const std::vector<std::uint8_t>& floats) {
  constexpr std::uint32_t kExponent = 0x7f80'0000;
  bool finite = true;
  for (std::size_t at = 0; at + 4 <= floats.size(); at += 4) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, floats.data() + at, 4);
    finite &= (bits & kExponent) != kExponent;
  }
  return finite;
}

Outcome<void> SelectOutputs(const std::vector<TensorSpec>& specs, Pending& pending) {
  for (const auto& name : pending.request.outputs) {
    std::size_t index = 0;
    if (FindSpec(specs, name, index) == nullptr) {
      return InvalidArgument("there is no output " + Quoted(name) + "; the model has " +
                             NamesText(specs));
    }
    if (std::find(pending.outputs.begin(), pending.outputs.end(), index) != pending.outputs.end()) {
      return InvalidArgument("output " + Quoted(name) + " is asked for twice");
    }
    pending.outputs.push_back(index);
  }
  return {};
}

}  // namespace

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i == 16) return text + ",...]";
    text += (i == 0 ? "" : ",") + std::to_string(shape[i]);
  }
  return text + "]";
}

Outcome<void> Validate(const Signature& signature, std::uint32_t max_batch, Pending& pending) {
  const auto& specs = signature.inputs;
  auto& inputs = pending.request.inputs;
  if (inputs.size() != specs.size()) {
    return InvalidArgument("the request has " + std::to_string(inputs.size()) +
                           " inputs, the model " + std::to_string(specs.size()) + ": " +
                           NamesText(specs));
  }
  if (inputs.size() == 1 && inputs[0].name.empty()) inputs[0].name = specs[0].name;
  // Swapping each input to its place sorts them: every swap puts one where it stays.
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::size_t place = 0;
    while (FindSpec(specs, inputs[i].name, place) != nullptr && place != i) {
      if (inputs[place].name == inputs[i].name) {
        return InvalidArgument("input " + Quoted(inputs[i].name) + " is there twice");
      }
      std::swap(inputs[i], inputs[place]);
    }
    if (place == specs.size()) {
      return InvalidArgument("there is no input " + Quoted(inputs[i].name) + "; the model has " +
                             NamesText(specs));
    }
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    auto rows = CheckTensor(specs[i], max_batch, inputs[i]);
    if (!rows.ok()) return std::move(rows).error();
    if (signature.finite_inputs && specs[i].type == DataType::kFp32 &&
        !AllFinite(inputs[i].bytes)) {
      return InvalidArgument("input " + Quoted(specs[i].name) +
                             " has a NaN or an infinity, which this model cannot quantise");
    }
    if (i > 0 && *rows != pending.rows) {
      return InvalidArgument("input " + Quoted(specs[i].name) + " has " + std::to_string(*rows) +
                             " rows, input " + Quoted(specs[0].name) + " " +
                             std::to_string(pending.rows));
    }
    pending.rows = *rows;
  }
  return SelectOutputs(signature.outputs, pending);
}

}  // namespace tinyfog::inference
