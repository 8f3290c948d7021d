#include "tinyfog/nn/interpreter.h"

namespace tinyfog::nn {

Result<Interpreter> Interpreter::Create(const Model& model, std::span<std::uint8_t> arena) {
  if (reinterpret_cast<std::uintptr_t>(arena.data()) % 16 != 0) return Status::kInvalidArgument;
  if (arena.size() < model.arena_bytes()) return Status::kResourceExhausted;
  Interpreter interpreter(model, arena.data());
  interpreter.Reset();
  return interpreter;
}

void Interpreter::Reset() {
  for (const StateRecord& state : model_.states()) {
    std::uint8_t* bytes = memory_.arena + state.offset;
    for (std::uint32_t i = 0; i < state.bytes; ++i)
      bytes[i] = static_cast<std::uint8_t>(state.fill);
  }
}

void Interpreter::RunSteps(std::uint16_t first, std::uint16_t last) {
  for (std::uint16_t i = first; i < last; ++i) {
    const StepRecord& step = model_.step(i);
    const OperatorEntry& entry = model_.EntryOf(step.opcode);
    if (hook_.call != nullptr) hook_.call(hook_.context, i, false);
    entry.run(&step + 1, memory_);
    if (hook_.call != nullptr) hook_.call(hook_.context, i, true);
  }
}

std::span<std::uint8_t> Interpreter::input(std::uint16_t index) {
  return mutable_tensor(model_.input(index).tensor);
}

std::span<const std::uint8_t> Interpreter::output(std::uint16_t index) const {
  return tensor(model_.output(index).tensor);
}

std::span<const std::uint8_t> Interpreter::tensor(std::uint16_t index) const {
  const TensorInfo info = model_.tensor(index);
  return {memory_.Read<std::uint8_t>(info.data), info.bytes};
}

std::span<std::uint8_t> Interpreter::mutable_tensor(std::uint16_t index) {
  const TensorInfo info = model_.tensor(index);
  if ((info.data & kConstantBit) != 0) return {};
  return {memory_.Write<std::uint8_t>(info.data), info.bytes};
}

}  // namespace tinyfog::nn
