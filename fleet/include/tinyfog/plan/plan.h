#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/compile/compile.h"
#include "tinyfog/graph/graph.h"
#include "tinyfog/host/aligned_bytes.h"
#include "tinyfog/host/error.h"
#include "tinyfog/nn/model.h"
#include "tinyfog/nn/x86.h"

/// Models executed on a gateway with the kernels of the nodes.
namespace tinyfog::plan {

struct Options {
  /// Whose kernels; nothing: the portable ones. Precondition: nn::IsSupported.
  std::optional<nn::X86Isa> isa = nn::BestX86Isa();
  bool optimise = true;  ///< run the graph passes
  // Above these a model is refused with kInvalidArgument.
  std::uint64_t max_operators = 4096;  ///< planning their memory takes about a millisecond each
  std::uint64_t max_tensor_bytes = 512ull << 20;  ///< of all tensors and constants together
  std::uint64_t max_arena_bytes = 256ull << 20;
  std::uint64_t max_macs = 4'000'000'000;
};

/// An input or output of a single inference.
struct Port {
  std::string name;
  nn::Type type = nn::Type::kInt8;
  std::vector<std::int32_t> shape;
  std::size_t bytes = 0;
  float scale = 0;  ///< 0: not quantised
  std::int32_t zero_point = 0;
};

/// A compiled model and, of each step, the function that runs it. Immutable: any number of threads,
/// each with a Runner of its own.
class Plan {
 public:
  /// Constants of dynamic-range-quantised operators are dequantised. Errors: what tflite::Parse,
  /// graph::FromTflite and compile::Compile refuse, and models above the limits.
  static Outcome<std::shared_ptr<const Plan>> FromTflite(std::span<const std::uint8_t> file,
                                                         const Options& options = {});
  static Outcome<std::shared_ptr<const Plan>> FromGraph(const graph::Graph& graph,
                                                        const Options& options = {});

  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }
  /// "avx512vnni", "portable", ...
  const char* kernels() const { return kernels_; }
  /// Whether inferences depend on those before (SVDF, LSTM): see Runner.
  bool has_state() const { return !model_.states().empty(); }

  const std::vector<compile::StepReport>& steps() const { return compiled_.steps; }
  std::uint32_t arena_bytes() const { return compiled_.arena_bytes; }
  /// Everything that the compiler told, but no bytes of the file: those are in model().
  const compile::Compiled& compiled() const { return compiled_; }
  const nn::Model& model() const { return model_; }

 private:
  friend class Runner;
  struct Step {
    void (*run)(const void* params, nn::Memory memory);
    const void* params;
  };

  Plan(AlignedBytes file, const nn::Model& model, compile::Compiled compiled, const char* kernels);

  const AlignedBytes file_;
  const nn::Model model_;  // in file_
  const compile::Compiled compiled_;
  const char* const kernels_;
  std::vector<Port> inputs_, outputs_;
  std::vector<Step> steps_;
};

/// The memory in which one thread at a time executes a plan.
class Runner {
 public:
  explicit Runner(std::shared_ptr<const Plan> plan);

  /// `rows` inferences, one after another: each pointer, in the order of the plan's ports, leads to
  /// `rows` times the port's bytes, whatever their alignment. Each inference begins with the
  /// model's state as it is at first, so that no answer depends on what was asked before.
  void Run(std::span<const std::uint8_t* const> inputs, std::span<std::uint8_t* const> outputs,
           std::size_t rows = 1);
  /// One inference; adds the time of each step to its element of `nanoseconds`.
  /// Precondition: one element for each step.
  void RunProfiled(std::span<const std::uint8_t* const> inputs,
                   std::span<std::uint8_t* const> outputs, std::span<std::uint64_t> nanoseconds);

  // For looking inside. State lives on between calls of RunSteps.
  /// Puts the model's state back to its start.
  void Reset();
  /// Runs steps `first` up to but not including `last` on what the arena holds.
  /// Precondition: first <= last <= number of steps.
  void RunSteps(std::size_t first, std::size_t last);
  /// Bytes of a tensor of the plan's model, meaningful at the cuts that its record names.
  std::span<const std::uint8_t> tensor(std::uint16_t index) const;
  /// The same for one that is not constant.
  std::span<std::uint8_t> mutable_tensor(std::uint16_t index);

  const Plan& plan() const { return *plan_; }

 private:
  void Fetch(std::span<const std::uint8_t* const> inputs, std::size_t row);
  void Store(std::span<std::uint8_t* const> outputs, std::size_t row) const;

  const std::shared_ptr<const Plan> plan_;
  AlignedBytes arena_;
  const nn::Memory memory_;
  std::vector<std::span<std::uint8_t>> inputs_;
  std::vector<std::span<const std::uint8_t>> outputs_;
};

}  // namespace tinyfog::plan
