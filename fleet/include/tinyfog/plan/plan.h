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

class DirectParams;
class Parts;
class Team;

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
  /// Whether kernels work on the caller's memory; else it is copied to or from theirs.
  bool is_direct = false;
  std::size_t reads_behind = 0;  ///< bytes behind such an input that they read and ignore
};

/// What runs of a model: a kernel and its parameters.
struct Step {
  void (*run)(const void* params, nn::Memory memory);
  const void* params;
};

/// A compiled model and, of each step, the function that runs it. Immutable: any number of threads,
/// each with a Runner of its own.
class Plan {
 public:
  ~Plan();
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
  friend class Parts;

  Plan(AlignedBytes file, const nn::Model& model, compile::Compiled compiled, const char* kernels);

  const AlignedBytes file_;
  const nn::Model model_;  // in file_
  const compile::Compiled compiled_;
  const char* const kernels_;
  std::vector<Port> inputs_, outputs_;
  std::unique_ptr<const DirectParams> direct_params_;
  std::vector<Step> steps_;   // on inputs and outputs in the arena
  std::vector<Step> direct_;  // on the caller's, where Port::is_direct
};

struct RunnerOptions {
  /// That execute one inference. More than one: large steps are split, with the same bytes.
  unsigned threads = 1;
  /// Multiplications that are worth a thread.
  std::uint64_t least_macs = 500'000;
};

/// The memory in which one thread at a time executes a plan.
class Runner {
 public:
  explicit Runner(std::shared_ptr<const Plan> plan, const RunnerOptions& options = {});
  ~Runner();

  /// `rows` inferences, one after another: each pointer, in the order of the plan's ports, leads to
  /// `rows` times the port's bytes. Each inference begins with the model's state as it is at first,
  /// so that no answer depends on what was asked before. An inference copies nothing of its ports
  /// that are direct when all pointers are aligned to their elements and, behind every input of
  /// the last row, `readable_behind` bytes (their values do not matter) are enough for its
  /// reads_behind; it copies everything else.
  void Run(std::span<const std::uint8_t* const> inputs, std::span<std::uint8_t* const> outputs,
           std::size_t rows = 1, std::size_t readable_behind = 0);
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
  /// How many steps several threads execute together.
  std::size_t split_steps() const;

 private:
  struct Caller;  // the ports of one row
  void RunRow(const Caller& caller);
  void RunAll(bool direct);

  const std::shared_ptr<const Plan> plan_;
  const std::unique_ptr<const Parts> parts_;  // null: one thread
  AlignedBytes arena_;
  const nn::Memory memory_;
  const std::unique_ptr<Team> team_;
  std::vector<std::span<std::uint8_t>> inputs_;
  std::vector<std::span<const std::uint8_t>> outputs_;
  std::vector<std::uint8_t*> ports_;  // of Memory; inputs are only read
};

}  // namespace tinyfog::plan
