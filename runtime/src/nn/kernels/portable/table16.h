#pragma once

#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::nn::portable {

/// Interpolates in a table of 513 values over the int16 range; `x` is saturated.
/// Source: TFLite LUTLookup.
inline std::int16_t TableLookup(const std::int16_t* table, std::int32_t x) {
  const std::int32_t value = ClampTo(x, -32768, 32767);
  const std::int32_t index = 256 + (value >> 7);
  const std::int32_t slope = table[index + 1] - table[index];
  return static_cast<std::int16_t>(table[index] + ((slope * (value & 127) + 64) >> 7));
}

}  // namespace tinyfog::nn::portable
