#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tinyfog/inference/tensor.h"

namespace tinyfog::inference {

/// How far an output may be from its reference.
struct Tolerance {
  double steps = 0;     ///< of 8-bit integers; four times as much of wider ones
  double relative = 0;  ///< of floats: part of the output's largest magnitude in the reference
};

/// How far an output is from its reference.
struct Comparison {
  std::uint64_t values = 0;
  std::uint64_t different = 0;  ///< above the tolerance
  double largest = 0;  ///< difference; of integers in steps, of floats as Tolerance::relative

  void Add(const Comparison& other);
  /// "3 of 12 values are too far off, the largest difference is 7"
  std::string Text() const;
};

/// Both hold the bytes of one inference. NaN equals NaN.
Comparison Compare(const TensorSpec& spec, std::span<const std::uint8_t> ours,
                   std::span<const std::uint8_t> reference, const Tolerance& tolerance);

}  // namespace tinyfog::inference
