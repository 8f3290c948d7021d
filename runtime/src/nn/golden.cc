#include "tinyfog/nn/golden.h"

#include <bit>

#include "tinyfog/base/crc32.h"

namespace tinyfog::nn {

std::uint8_t GoldenSequence::Next() {
  x_ = x_ * 1664525u + 1013904223u;
  return static_cast<std::uint8_t>(x_ >> 24);
}

void GoldenSequence::Fill(std::span<std::uint8_t> bytes, Type type) {
  if (type != Type::kFloat32) {
    for (std::uint8_t& byte : bytes) byte = Next();
    return;
  }
  for (std::size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
    const float value = static_cast<float>(static_cast<std::int8_t>(Next())) / 32;
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (std::size_t b = 0; b < sizeof(float); ++b) {
      bytes[i + b] = static_cast<std::uint8_t>(bits >> 8 * b);
    }
  }
}

GoldenCrcs RunGolden(Interpreter& interpreter, std::uint32_t seed) {
  const Model& model = interpreter.model();
  GoldenSequence sequence(seed);
  GoldenCrcs crcs;
  interpreter.Reset();
  for (std::uint16_t i = 0; i < model.input_count(); ++i) {
    const std::span<std::uint8_t> input = interpreter.input(i);
    sequence.Fill(input, model.tensor(model.input(i).tensor).type);
    crcs.input = Crc32(input, crcs.input);
  }
  interpreter.Run();
  for (std::uint16_t i = 0; i < model.output_count(); ++i) {
    crcs.output = Crc32(interpreter.output(i), crcs.output);
  }
  interpreter.Reset();
  return crcs;
}

}  // namespace tinyfog::nn
