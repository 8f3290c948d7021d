#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/nn/model.h"

namespace tinyfog::nn {

/// Runs a model in a caller's arena. One thread at a time; several interpreters may share a Model.
class Interpreter {
 public:
  /// Called before and after each step when set.
  struct Hook {
    void (*call)(void* context, std::uint16_t step, bool finished) = nullptr;
    void* context = nullptr;
  };

  /// `arena` needs model.arena_bytes() bytes aligned to 16, outlives the interpreter and holds the
  /// model's state between runs. Errors: kInvalidArgument (alignment), kResourceExhausted (size).
  static Result<Interpreter> Create(const Model& model, std::span<std::uint8_t> arena);

  /// Puts the model's state back to its start (Create has done so once).
  void Reset();
  /// Runs every step. The inputs may be overwritten.
  void Run() { RunSteps(0, model_.step_count()); }
  /// Runs the steps from `first` up to but not including `last`. The tensors alive at cut `first`
  /// must hold their values; afterwards those alive at cut `last` do.
  /// Precondition: first <= last <= step_count.
  void RunSteps(std::uint16_t first, std::uint16_t last);

  std::span<std::uint8_t> input(std::uint16_t index);
  /// Valid after the last step, until the next run.
  std::span<const std::uint8_t> output(std::uint16_t index) const;
  /// The bytes of a tensor, meaningful at the cuts that model().tensor(index) names. Constant
  /// tensors are not to be written.
  std::span<const std::uint8_t> tensor(std::uint16_t index) const;
  /// The same for a tensor in the arena; empty for a constant one.
  std::span<std::uint8_t> mutable_tensor(std::uint16_t index);

  void set_hook(Hook hook) { hook_ = hook; }
  const Model& model() const { return model_; }

 private:
  Interpreter(const Model& model, std::uint8_t* arena)
      : model_(model), memory_{model.constants(), arena} {}

  Model model_;
  Memory memory_;
  Hook hook_;
};

}  // namespace tinyfog::nn
