#pragma once

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

  using Weight = std::int8_t;
  using Inputs = Int;
  TINYFOG_INLINE static Int LoadWide(const Weight* from) { return LoadBytes(from); }
  /// 32 values of each row: vector v gets those with index / 4 % 4 = v, the four rows' together.
  TINYFOG_INLINE static void Interleave(const Value* const* rows, std::size_t at, Int (&to)[4]) {
    InterleaveHalf(rows, at, 0, reinterpret_cast<Int(&)[2]>(to[0]));
    InterleaveHalf(rows, at, 1, reinterpret_cast<Int(&)[2]>(to[2]));
  }
  /// Vectors 0 and 1, or 2 and 3; `kLacksLast`: with anything in place of the last row, whose
  /// weights are zero.
  template <bool kLacksLast = false>
  TINYFOG_INLINE static void InterleaveHalf(const Value* const* rows, std::size_t at, int half,
                                            Int (&to)[2]) {
    const Int a = LoadBytes(rows[0] + at), b = LoadBytes(rows[1] + at);
    const Int c = LoadBytes(rows[2] + at), d = kLacksLast ? c : LoadBytes(rows[3] + at);
    const Int ab = half == 0 ? _mm256_unpacklo_epi8(a, b) : _mm256_unpackhi_epi8(a, b);
    const Int cd = half == 0 ? _mm256_unpacklo_epi8(c, d) : _mm256_unpackhi_epi8(c, d);
    to[0] = _mm256_unpacklo_epi16(ab, cd);
    to[1] = _mm256_unpackhi_epi16(ab, cd);
  }
  /// Vector `v` of what follows `low` after `places`, none, 16 or 32; `high` follows it.
  TINYFOG_INLINE static Int Following(const Int (&low)[2], const Int (&high)[2], int places,
                                      int v) {
    if (places == 0) return low[v];
    return places == 16 ? _mm256_permute2x128_si256(low[v], high[v], 0x21) : high[v];
  }
  using Bytes = __m256i;
  struct BytesClamp {
    Bytes min, max;
  };
  TINYFOG_INLINE static BytesClamp BytesClampOf(std::int8_t min, std::int8_t max) {
    return {_mm256_set1_epi8(min), _mm256_set1_epi8(max)};
  }
  /// The other way round, as bytes.
  TINYFOG_INLINE static Bytes Pack(const Int (&values)[4], const BytesClamp& clamp) {
    const Bytes bytes = _mm256_packs_epi16(_mm256_packs_epi32(values[0], values[1]),
                                           _mm256_packs_epi32(values[2], values[3]));
    return _mm256_max_epi8(_mm256_min_epi8(bytes, clamp.max), clamp.min);
  }
  TINYFOG_INLINE static void StoreBytes(std::int8_t* to, Bytes bytes) {
    _mm256_storeu_si256(reinterpret_cast<Bytes*>(to), bytes);
  }
  /// The first `count`, less than all.
  TINYFOG_INLINE static void StorePart(std::int8_t* to, Bytes bytes, std::uint32_t count) {
    __m128i half = _mm256_castsi256_si128(bytes);
    if (count >= 16) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to), half);
      half = _mm256_extracti128_si256(bytes, 1);
      to += 16;
    }
    StoreFirst(to, half, count & 15);
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
