#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/nn/memory.h"
#include "tinyfog/nn/opcode.h"

namespace tinyfog::nn {

/// One kind of step: how its parameters are verified and how it runs.
struct OperatorEntry {
  Opcode opcode;
  std::uint16_t param_bytes;
  bool (*verify)(const void* params, const Bounds& bounds);
  void (*run)(const void* params, Memory memory);
};

/// What an image can run.
using OperatorTable = std::span<const OperatorEntry>;

/// Binds an opcode to a parameter struct and a kernel. `params` that Verify accepts make Run read
/// and write only what it has checked, whatever the data.
template <Opcode kOpcode, class Params, bool (*kVerify)(const Params&, const Bounds&),
          void (*kRun)(const Params&, Memory)>
struct Operator {
  using Parameters = Params;
  static void Run(const Params& params, Memory memory) { kRun(params, memory); }

  static constexpr OperatorEntry kEntry = {
      kOpcode, sizeof(Params),
      [](const void* params, const Bounds& bounds) {
        return kVerify(*static_cast<const Params*>(params), bounds);
      },
      [](const void* params, Memory memory) { kRun(*static_cast<const Params*>(params), memory); }};
};

/// The table of the named operators; an image links their kernels and no others.
///
///     using Mine = Operators<Conv2dInt8, SoftmaxInt8>;
///     auto model = Model::Open(bytes, Mine::kTable);
template <class... Ops>
struct Operators {
  static constexpr OperatorEntry kEntries[] = {Ops::kEntry...};
  static constexpr OperatorTable kTable{kEntries};
};

}  // namespace tinyfog::nn
