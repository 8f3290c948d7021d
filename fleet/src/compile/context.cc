#include "context.h"

#include <algorithm>

namespace tinyfog::compile {

Context::Context(const graph::Graph& graph, Program& program, int node)
    : graph_(graph),
      program_(program),
      node_(graph.nodes[static_cast<std::size_t>(node)]),
      node_index_(node) {}

const graph::Tensor& Context::In(std::size_t i) const {
  return graph_.tensors[static_cast<std::size_t>(node_.inputs[i])];
}

const graph::Tensor& Context::Out(std::size_t i) const {
  return graph_.tensors[static_cast<std::size_t>(node_.outputs[i])];
}

Error Context::Unsupported(const std::string& message) const {
  return {Status::kUnimplemented, graph::NodeText(node_) + ": " + message};
}

Error Context::Invalid(const std::string& message) const {
  return InvalidArgument(graph::NodeText(node_) + ": " + message);
}

Outcome<void> Context::Expect(std::size_t inputs, std::size_t outputs) const {
  for (std::size_t i = 0; i < inputs; ++i) {
    if (!Has(i)) return Invalid("needs " + std::to_string(inputs) + " inputs");
  }
  if (node_.outputs.size() < outputs) {
    return Invalid("needs " + std::to_string(outputs) + " outputs");
  }
  return {};
}

Outcome<std::vector<std::int64_t>> Context::Integers(std::size_t input) const {
  if (!Has(input)) return Invalid("input " + std::to_string(input) + " is missing");
  const graph::Tensor& tensor = In(input);
  if (!tensor.constant) {
    return Unsupported("input " + std::to_string(input) + " must be a constant");
  }
  constexpr std::int64_t kFar = std::int64_t{1} << 48;  // beyond every size, safe to add up
  std::vector<std::int64_t> values(tensor.elements());
  const std::uint8_t* bytes = tensor.constant->data();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (tensor.type == nn::Type::kInt32) {
      std::int32_t value;
      std::memcpy(&value, bytes + i * 4, 4);
      values[i] = value;
    } else if (tensor.type == nn::Type::kInt64) {
      std::memcpy(&values[i], bytes + i * 8, 8);
      values[i] = std::clamp(values[i], -kFar, kFar);
    } else {
      return Unsupported("input " + std::to_string(input) + " must be INT32 or INT64");
    }
  }
  return values;
}

nn::Ref Context::AddConstant(std::span<const std::uint8_t> bytes, std::uint32_t alignment) {
  std::vector<std::uint8_t> key(bytes.begin(), bytes.end());
  key.push_back(static_cast<std::uint8_t>(alignment));
  const auto [entry, is_new] = program_.known_constants.try_emplace(std::move(key), 0);
  if (is_new) {
    std::vector<std::uint8_t>& all = program_.constants;
    all.resize((all.size() + alignment - 1) / alignment * alignment);
    entry->second = static_cast<nn::Ref>(all.size()) | nn::kConstantBit;
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return entry->second;
}

int Context::AddScratch(std::uint64_t bytes) {
  program_.buffers.push_back({.bytes = bytes});
  return static_cast<int>(program_.buffers.size()) - 1;
}

const Storage& Context::StorageOf(int tensor) {
  Storage& storage = program_.storage[static_cast<std::size_t>(tensor)];
  if (storage.is_constant || storage.buffer >= 0) return storage;
  const graph::Tensor& source = graph_.tensors[static_cast<std::size_t>(tensor)];
  if (source.constant) {
    storage.is_constant = true;
    storage.constant = AddConstant(*source.constant, nn::SizeOf(source.type));
  } else {
    storage.buffer = AddScratch(source.bytes());
    Buffer& buffer = program_.buffers.back();
    buffer.is_state = source.is_variable;
    // A state starts as zeros, as TFLM's reset of variable tensors has it.
    if (source.type == nn::Type::kInt8) {
      buffer.fill = static_cast<std::uint8_t>(source.quantization.zero_point());
    }
  }
  return storage;
}

void Context::Alias(int output, int input) {
  const Storage from = StorageOf(input);
  program_.storage[static_cast<std::size_t>(output)] = from;
}

}  // namespace tinyfog::compile
