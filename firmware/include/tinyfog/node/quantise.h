#pragma once

#include <cstdint>
#include <span>

#include "tinyfog/nn/model.h"

namespace tinyfog::node {

/// How numbers are elements of a tensor: value = scale * (element - zero_point).
struct Quantisation {
  nn::Type type = nn::Type::kInt8;  ///< kInt8, kUint8, kInt16 or kFloat32
  float scale = 1;                  ///< 0: as 1
  std::int32_t zero_point = 0;
};
/// Of an input or output.
Quantisation QuantisationOf(const nn::Model& model, const nn::Port& port);

/// Whether Quantise and Classify know the type.
bool IsQuantisable(nn::Type type);

/// Writes element `index`: round(value / scale) + zero_point, halves away from zero, saturated.
/// Precondition: IsQuantisable, and `tensor` has it.
void Quantise(const Quantisation& as, float value, std::span<std::uint8_t> tensor,
              std::uint32_t index);

/// What a classifier's output says.
struct Classified {
  std::uint32_t top_index = 0;            ///< of the largest element, the first of equals
  std::uint32_t confidence_permille = 0;  ///< its value in thousandths, held to 0..1000
};
/// Nothing for a tensor without elements or of another type.
Classified Classify(const Quantisation& as, std::span<const std::uint8_t> tensor);

}  // namespace tinyfog::node
