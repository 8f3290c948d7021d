#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/nn/interpreter.h"

/// Whether a model computes here what it computed where it was made: it answers a seeded input, and
/// the CRC-32 of the answer is compared. Source: docs/formats/model-package.md.
namespace tinyfog::nn {

/// The bytes that inputs are filled with, one sequence over all of them.
class GoldenSequence {
 public:
  explicit GoldenSequence(std::uint32_t seed) : x_(seed) {}
  /// Floats become signed bytes / 32, so that no kernel overflows; other types take any bytes.
  void Fill(std::span<std::uint8_t> bytes, Type type);

 private:
  std::uint8_t Next();
  std::uint32_t x_;
};

struct GoldenCrcs {
  std::uint32_t input = 0;   ///< over the inputs' bytes, in order
  std::uint32_t output = 0;  ///< over the outputs' bytes, in order
  friend bool operator==(const GoldenCrcs&, const GoldenCrcs&) = default;
};

/// Resets the model's state, fills its inputs, runs it and leaves its state as Reset does.
GoldenCrcs RunGolden(Interpreter& interpreter, std::uint32_t seed);

}  // namespace tinyfog::nn
