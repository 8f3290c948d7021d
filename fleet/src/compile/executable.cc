#include "tinyfog/compile/executable.h"

#include "tinyfog/nn/all_operators.h"

namespace tinyfog::compile {

Outcome<std::unique_ptr<Executable>> Executable::Open(std::span<const std::uint8_t> tfm,
                                                      nn::Target target) {
  AlignedBytes file(tfm);
  const auto model = nn::Model::Open(file.span(), nn::AllOperators(), target);
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
