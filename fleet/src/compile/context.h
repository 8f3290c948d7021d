#pragma once

#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "program.h"
#include "tinyfog/host/error.h"
#include "tinyfog/nn/memory.h"

namespace tinyfog::compile {

/// What the lowering of one node works with: its tensors, and the program that grows.
class Context {
 public:
  Context(const graph::Graph& graph, Program& program, int node);

  const graph::Node& node() const { return node_; }
  const graph::Attributes& attributes() const { return node_.attributes; }
  std::size_t input_count() const { return node_.inputs.size(); }
  std::size_t output_count() const { return node_.outputs.size(); }
  /// Whether input i is there.
  bool Has(std::size_t i) const { return i < node_.inputs.size() && node_.inputs[i] >= 0; }
  /// Preconditions: Has(i), i < output_count().
  const graph::Tensor& In(std::size_t i) const;
  const graph::Tensor& Out(std::size_t i = 0) const;
  int InTensor(std::size_t i) const { return node_.inputs[i]; }
  int OutTensor(std::size_t i = 0) const { return node_.outputs[i]; }

  /// "operator 3 (CONV_2D): <message>".
  Error Unsupported(const std::string& message) const;
  Error Invalid(const std::string& message) const;
  /// Errors: the node has fewer inputs (absent ones count as missing) or outputs.
  Outcome<void> Expect(std::size_t inputs, std::size_t outputs = 1) const;
  /// The values of a constant integer tensor. Errors: not there, not constant, not int32 or int64.
  Outcome<std::vector<std::int64_t>> Integers(std::size_t input) const;

  /// Adds constants (once, if known already).
  nn::Ref AddConstant(std::span<const std::uint8_t> bytes, std::uint32_t alignment = 4);
  template <class T>
  nn::Ref AddConstants(const std::vector<T>& values) {
    return AddConstant(
        {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)},
        sizeof(T));
  }
  /// Arena bytes for the coming steps of this node only.
  int AddScratch(std::uint64_t bytes);
  /// Where the tensor lies; constants are added when first asked for.
  const Storage& StorageOf(int tensor);
  /// `output` is the same bytes as `input`.
  void Alias(int output, int input);

  /// Whose kernels will run the program.
  nn::Target target() const { return program_.target; }
  Program& program() { return program_; }
  int node_index() const { return node_index_; }

 private:
  const graph::Graph& graph_;
  Program& program_;
  const graph::Node& node_;
  int node_index_;
};

/// Builds one step. P is the kernel's parameter struct.
template <class P>
class StepWriter {
 public:
  StepWriter(Context& context, nn::Opcode opcode) : context_(context) {
    step_.opcode = opcode;
    step_.node = context.node_index();
  }

  P params{};

  /// Puts the place of a tensor (and `offset` bytes) into a Ref field of `params`.
  void Use(nn::Ref& field, int tensor, std::uint32_t offset = 0) {
    const Storage& storage = context_.StorageOf(tensor);
    if (storage.is_constant) {
      field = storage.constant + offset;
    } else {
      UseBuffer(field, storage.buffer, storage.offset + offset);
    }
  }
  void UseBuffer(nn::Ref& field, int buffer, std::uint32_t offset = 0) {
    const auto position = reinterpret_cast<char*>(&field) - reinterpret_cast<char*>(&params);
    step_.patches.push_back({static_cast<std::uint32_t>(position), buffer, offset});
  }
  /// The output may overwrite this input if it begins at least `distance` bytes before it; 0: where
  /// it begins.
  void AllowInPlace(int input, int output, std::uint64_t distance = 0) {
    const Storage& from = context_.StorageOf(input);
    const Storage& to = context_.StorageOf(output);
    if (from.is_constant || to.is_constant || from.offset != 0 || to.offset != 0) return;
    step_.reusable.push_back({from.buffer, distance});
    step_.output = to.buffer;
  }
  void Finish() {
    step_.params.resize(sizeof(P));
    std::memcpy(step_.params.data(), &params, sizeof(P));
    context_.program().steps.push_back(std::move(step_));
  }

 private:
  Context& context_;
  Step step_;
};

}  // namespace tinyfog::compile
