#pragma once

#include <cstdint>

/// Everything that a variant's file calls is inlined into it or a template over its vector type: an
/// ordinary inline function could be compiled once for all, with instructions that other machines
/// lack.
#define TINYFOG_INLINE inline __attribute__((always_inline))

namespace tinyfog::nn::x86 {

/// Four bytes, aligned or not.
TINYFOG_INLINE std::int32_t ReadWord(const void* from) {
  std::int32_t word;
  __builtin_memcpy(&word, from, sizeof(word));
  return word;
}

TINYFOG_INLINE std::uint32_t Smaller(std::uint32_t a, std::uint32_t b) { return a < b ? a : b; }

}  // namespace tinyfog::nn::x86
