#pragma once

#include "kernels/x86/inline.h"

namespace tinyfog::nn::x86 {

/// Copies `count` inputs in the form of V's instructions. Reads and writes up to 15 more.
template <class V>
TINYFOG_INLINE typename V::Value* Prepare(const std::int8_t* from, std::uint32_t count,
                                          typename V::Value* to) {
  std::uint32_t i = 0;
  for (; i + V::kPrepared <= count; i += V::kPrepared) V::Prepare(from + i, to + i);
  for (; i < count; i += 16) V::Prepare16(from + i, to + i);
  return to + count;
}

/// Writes `count` times `value`, and up to V::kPrepared - 1 times more.
template <class V>
TINYFOG_INLINE typename V::Value* Fill(std::int8_t value, std::uint32_t count,
                                       typename V::Value* to) {
  std::int8_t values[64];
  __builtin_memset(values, value, sizeof(values));
  for (std::uint32_t i = 0; i < count; i += V::kPrepared) V::Prepare(values, to + i);
  return to + count;
}

}  // namespace tinyfog::nn::x86
