#pragma once

#include "kernels/x86/reals_256.h"
#include "kernels/x86/vector_256.h"

namespace tinyfog::nn::x86 {

/// Sums of products of two 16-bit values.
struct Avx2 : Vector256<Avx2> {
  static constexpr std::uint32_t kStep = 2;
  using Value = std::int16_t;
  using Reals = Reals256<Avx2>;

  TINYFOG_INLINE static Int LoadWeights(const std::int8_t* from) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
  }
  TINYFOG_INLINE static Int Broadcast(const Value* from) {
    return _mm256_set1_epi32(ReadWord(from));
  }
  TINYFOG_INLINE static Int Dot(Int sums, Int values, Int weights) {
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(values, weights));
    // Without this GCC reorders the additions, needs more registers than there are and spills.
    asm("" : "+x"(sums));
    return sums;
  }

  using Weight = std::int16_t;
  using Inputs = Int;
  TINYFOG_INLINE static Int LoadWide(const Weight* from) { return LoadBytes(from); }
  /// 16 values of each row: vector v gets those with index / 4 % 2 = v, the two rows' together.
  TINYFOG_INLINE static void Interleave(const Value* const* rows, std::size_t at, Int (&to)[2]) {
    InterleaveHalf(rows, at, 0, reinterpret_cast<Int(&)[1]>(to[0]));
    InterleaveHalf(rows, at, 1, reinterpret_cast<Int(&)[1]>(to[1]));
  }
  /// One of them; `kLacksLast`: with anything in place of the last row, whose weights are zero.
  template <bool kLacksLast = false>
  TINYFOG_INLINE static void InterleaveHalf(const Value* const* rows, std::size_t at, int half,
                                            Int (&to)[1]) {
    const Int a = LoadBytes(rows[0] + at), b = kLacksLast ? a : LoadBytes(rows[1] + at);
    to[0] = half == 0 ? _mm256_unpacklo_epi16(a, b) : _mm256_unpackhi_epi16(a, b);
  }
  /// Vector `v` of what follows `low` after `places`, none, 8 or 16; `high` follows it.
  TINYFOG_INLINE static Int Following(const Int (&low)[1], const Int (&high)[1], int places,
                                      int v) {
    if (places == 0) return low[v];
    return places == 8 ? _mm256_permute2x128_si256(low[v], high[v], 0x21) : high[v];
  }
  using Bytes = __m128i;
  using BytesClamp = Clamp;
  TINYFOG_INLINE static BytesClamp BytesClampOf(std::int8_t min, std::int8_t max) {
    return ClampOf(min, max);
  }
  /// The other way round, as bytes.
  TINYFOG_INLINE static Bytes Pack(const Int (&values)[2], const BytesClamp& clamp) {
    const Int words = _mm256_packs_epi32(values[0], values[1]);
    const Bytes bytes =
        _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    return _mm_max_epi8(_mm_min_epi8(bytes, clamp.max), clamp.min);
  }
  TINYFOG_INLINE static void StoreBytes(std::int8_t* to, Bytes bytes) {
    _mm_storeu_si128(reinterpret_cast<Bytes*>(to), bytes);
  }
  /// The first `count`, less than all.
  TINYFOG_INLINE static void StorePart(std::int8_t* to, Bytes bytes, std::uint32_t count) {
    StoreFirst(to, bytes, count);
  }
  /// Sixteen values of 16 bits.
  using Shorts = __m256i;
  TINYFOG_INLINE static Shorts LoadShorts(const Value* from) { return LoadBytes(from); }
  TINYFOG_INLINE static void StoreShorts(Value* to, Shorts a) {
    _mm256_storeu_si256(reinterpret_cast<Shorts*>(to), a);
  }
  TINYFOG_INLINE static Shorts AddShorts(Shorts a, Shorts b) { return _mm256_add_epi16(a, b); }
  TINYFOG_INLINE static Shorts SubShorts(Shorts a, Shorts b) { return _mm256_sub_epi16(a, b); }
  TINYFOG_INLINE static Shorts ShiftShorts(Shorts a, int left) {
    return _mm256_slli_epi16(a, left);
  }
  static constexpr std::uint32_t kPrepared = 16;
  TINYFOG_INLINE static void Prepare(const std::int8_t* from, Value* to) {
    _mm256_storeu_si256(reinterpret_cast<Int*>(to), LoadWeights(from));
  }
  TINYFOG_INLINE static void Prepare16(const std::int8_t* from, Value* to) { Prepare(from, to); }
};

}  // namespace tinyfog::nn::x86
