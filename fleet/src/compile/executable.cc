#include "tinyfog/compile/executable.h"

#include "tinyfog/nn/x86.h"

namespace tinyfog::compile {

Outcome<std::unique_ptr<Executable>> Executable::Open(std::span<const std::uint8_t> tfm,
                                                      nn::Target target) {
  return Open(tfm, target, nn::OperatorsOf(target));
}

Outcome<std::unique_ptr<Executable>> Executable::Open(std::span<const std::uint8_t> tfm,
                                                      nn::Target target,
                                                      nn::OperatorTable operators) {
  AlignedBytes file(tfm);
  const auto model = nn::Model::Open(file.span(), operators, target);
  if (!model.ok()) {
    return Error{model.error(), std::string("the compiled model is refused by the runtime: ") +
                                    StatusName(model.error())};
  }
  AlignedBytes arena(model->arena_bytes());
  const auto interpreter = nn::Interpreter::Create(*model, arena.span());
  if (!interpreter.ok()) return Error{interpreter.error(), "the interpreter refuses the arena"};
  // Moving the vectors leaves their memory where it is.
  return std::unique_ptr<Executable>(
      new Executable(std::move(file), std::move(arena), *interpreter));
}

}  // namespace tinyfog::compile
