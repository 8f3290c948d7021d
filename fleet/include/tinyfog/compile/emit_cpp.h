#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tinyfog/host/error.h"
#include "tinyfog/nn/opcode.h"

namespace tinyfog::compile {

/// C++ that does what the interpreter does with a .tfm file, with everything constant.
struct CppCode {
  std::string header;
  std::string source;  // includes "<name>.h" and headers of runtime/nn
};

/// Ahead-of-time code for a compiled model in a namespace `name`, which must be a C++ identifier.
/// It calls the same kernels in the same order in the same arena, so that RunSteps may go on where
/// an interpreter stopped. Deterministic. Errors: kInvalidArgument for a name that is no identifier
/// or bytes that are no model.
Outcome<CppCode> EmitCpp(std::span<const std::uint8_t> tfm, const std::string& name);

/// A header with the operator table that an image needs for this model and no more:
/// `<name>::Table` is a `tinyfog::nn::Operators<...>`. Errors: as EmitCpp.
Outcome<std::string> EmitOperators(std::span<const std::uint8_t> tfm, const std::string& name);

/// The name of an operator's type in tinyfog/nn/kernels: "Conv2dInt8".
std::string OperatorTypeName(nn::Opcode opcode);

}  // namespace tinyfog::compile
