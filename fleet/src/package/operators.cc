#include "operators.h"

namespace tinyfog::package {

std::vector<std::uint8_t> OperatorsOf(const nn::Model& model) {
  std::vector<std::uint8_t> operators(1);
  for (std::uint16_t i = 0; i < model.step_count(); ++i) {
    const std::uint16_t opcode = model.step(i).opcode;
    if (opcode / 8u >= operators.size()) operators.resize(opcode / 8u + 1);
    operators[opcode / 8u] |= static_cast<std::uint8_t>(1 << opcode % 8);
  }
  return operators;
}

std::vector<nn::Opcode> OpcodesOf(Bytes operators) {
  std::vector<nn::Opcode> opcodes;
  for (std::size_t i = 0; i < 8 * operators.size(); ++i) {
    if ((operators[i / 8] >> i % 8 & 1) != 0) opcodes.push_back(static_cast<nn::Opcode>(i));
  }
  return opcodes;
}

}  // namespace tinyfog::package
