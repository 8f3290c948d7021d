#pragma once

#include "kernels/x86/interleave.h"
#include "kernels/x86/reals_256.h"
#include "kernels/x86/vector_256.h"

namespace tinyfog::nn::x86 {

/// Sums of products of four bytes.
struct AvxVnni : Vector256<AvxVnni> {
  static constexpr std::uint32_t kStep = 4;
  using Value = std::uint8_t;
  using Reals = Reals256<AvxVnni>;

  TINYFOG_INLINE static Int LoadWeights(const std::int8_t* from) { return LoadBytes(from); }
  TINYFOG_INLINE static Int Broadcast(const Value* from) {
    return _mm256_set1_epi32(ReadWord(from));
  }
  TINYFOG_INLINE static Int Dot(Int sums, Int values, Int weights) {
    // The intrinsic makes GCC 12 copy every sum twice.
    asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sums) : "x"(values), "x"(weights));
    return sums;
  }
  TINYFOG_INLINE static Int LoadValues(const Value* from) { return LoadBytes(from); }
  TINYFOG_INLINE static void Interleave(const std::int8_t* const (&rows)[4], Value* to) {
    InterleaveQuads(rows, to);
  }
  static constexpr std::uint32_t kPrepared = 32;
  TINYFOG_INLINE static void Prepare(const std::int8_t* from, Value* to) {
    _mm256_storeu_si256(reinterpret_cast<Int*>(to),
                        _mm256_xor_si256(LoadBytes(from), _mm256_set1_epi8(-128)));
  }
  TINYFOG_INLINE static void Prepare16(const std::int8_t* from, Value* to) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to),
                     _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)),
                                   _mm_set1_epi8(-128)));
  }
};

}  // namespace tinyfog::nn::x86
