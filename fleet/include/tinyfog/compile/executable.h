#pragma once

#include <memory>
#include <span>

#include "tinyfog/host/aligned_bytes.h"
#include "tinyfog/host/error.h"
#include "tinyfog/nn/interpreter.h"

namespace tinyfog::compile {

/// A compiled model on a host, with the memory that it needs: the kernels' portable variants
/// compute a node's very bytes, whatever the target; those of x86 are this machine's best. One
/// thread at a time.
class Executable {
 public:
  /// Errors: what nn::Model::Open refuses.
  static Outcome<std::unique_ptr<Executable>> Open(std::span<const std::uint8_t> tfm,
                                                   nn::Target target);
  /// With the kernels of `operators`.
  static Outcome<std::unique_ptr<Executable>> Open(std::span<const std::uint8_t> tfm,
                                                   nn::Target target, nn::OperatorTable operators);

  nn::Interpreter& interpreter() { return interpreter_; }

 private:
  Executable(AlignedBytes file, AlignedBytes arena, const nn::Interpreter& interpreter)
      : file_(std::move(file)), arena_(std::move(arena)), interpreter_(interpreter) {}

  AlignedBytes file_;
  AlignedBytes arena_;
  nn::Interpreter interpreter_;
};

}  // namespace tinyfog::compile
