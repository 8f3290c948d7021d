#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/compile/compile.h"

namespace tinyfog::compile {

/// How far one output of a compiled model is from Arm NN's CpuRef, over all inputs.
struct OutputComparison {
  std::string name;
  bool is_float = false;
  std::uint64_t values = 0;
  std::uint64_t different = 0;  // float: further apart than 1e-5 of the larger value
  double largest = 0;           // difference; integers: in steps
  std::uint32_t same_top = 0;   // inputs whose largest value is at the same place
};

/// Runs the inputs of the seeds 1 to `count` (x = x * 1664525 + 1013904223, byte = x >> 24; floats:
/// the signed byte / 32) through both. Errors: Arm NN does not take the model, or an interface of
/// other types than 8-bit, 16-bit and float.
Outcome<std::vector<OutputComparison>> CompareWithCpuRef(std::span<const std::uint8_t> tflite,
                                                         const Compiled& compiled,
                                                         nn::Target target, std::uint32_t count);
std::string ComparisonText(const std::vector<OutputComparison>& outputs, std::uint32_t count);

}  // namespace tinyfog::compile
