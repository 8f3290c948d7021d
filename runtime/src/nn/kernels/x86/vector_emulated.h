#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/x86/inline.h"
#include "kernels/x86/reals_emulated.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::nn::x86 {

/// The other vectors in plain C++.
template <std::uint32_t kGroup, class ValueType, int kBias>
struct Emulated {
  static constexpr int kLanes = 8;
  static constexpr std::uint32_t kStep = kGroup;
  static constexpr int kPixels = 3;
  static constexpr int kBlocks = 1;
  static constexpr int kLastPixels = 4;
  static constexpr bool kHasManyRegisters = kGroup == 4;
  using Value = ValueType;
  using Reals = EmulatedReals;
  struct Int {
    std::int32_t lane[kLanes];
  };

  static Int Load(const std::int32_t* from) {
    Int result;
    __builtin_memcpy(&result, from, sizeof(result));
    return result;
  }
  template <class T>
  struct Weights {
    T lane[kLanes][kGroup];
  };
  static Weights<std::int8_t> LoadWeights(const std::int8_t* from) {
    Weights<std::int8_t> result;
    __builtin_memcpy(&result, from, sizeof(result));
    return result;
  }
  struct Clamp {
    std::int8_t min, max;
  };
  static Clamp ClampOf(std::int8_t min, std::int8_t max) { return {min, max}; }
  using BytesClamp = Clamp;
  static BytesClamp BytesClampOf(std::int8_t min, std::int8_t max) { return {min, max}; }
  struct Values {
    Value lane[kLanes][kGroup];
  };
  static Values Broadcast(const Value* from) {
    Values result;
    for (auto& lane : result.lane) __builtin_memcpy(&lane, from, sizeof(lane));
    return result;
  }
  using Inputs = Values;
  template <class T>
  static Int Dot(Int sums, const Values& values, const Weights<T>& weights) {
    for (int i = 0; i < kLanes; ++i) {
      for (std::uint32_t k = 0; k < kGroup; ++k) {
        sums.lane[i] = WrapAdd(sums.lane[i], values.lane[i][k] * weights.lane[i][k]);
      }
    }
    return sums;
  }

  using Weight = std::conditional_t<kGroup == 4, std::int8_t, std::int16_t>;
  static Weights<Weight> LoadWide(const Weight* from) {
    Weights<Weight> result;
    __builtin_memcpy(&result, from, sizeof(result));
    return result;
  }
  static void Interleave(const Value* const* rows, std::size_t at, Values (&to)[kGroup]) {
    for (std::uint32_t i = 0; i < kPlaces; ++i) {
      for (std::uint32_t k = 0; k < kGroup; ++k) {
        to[VectorOf(i)].lane[LaneOf(i)][k] = rows[k][at + i];
      }
    }
  }
  static std::uint32_t Split(const std::int8_t* from, std::uint32_t pixels, std::uint32_t channels,
                             Value* even, Value* odd) {
    for (std::uint32_t i = 0; i < pixels / 2 * 2 * channels; ++i) {
      const std::uint32_t x = i / channels;
      // As one expression, GCC 12's check of the division reads what is not set.
      Value* const plane = x % 2 == 0 ? even : odd;
      plane[x / 2 * channels + i % channels] = static_cast<Value>(from[i] + kBias);
    }
    return pixels / 2 * 2;
  }
  template <bool kLacksLast = false>
  static void InterleaveHalf(const Value* const* rows, std::size_t at, int half,
                             Values (&to)[kGroup / 2]) {
    const Value* given[kGroup];
    for (std::uint32_t k = 0; k < kGroup; ++k) given[k] = rows[k];
    if (kLacksLast) given[kGroup - 1] = given[kGroup - 2];
    Values whole[kGroup];
    Interleave(given, at, whole);
    for (std::uint32_t i = 0; i < kGroup / 2; ++i) {
      to[i] = whole[static_cast<std::uint32_t>(half) * (kGroup / 2) + i];
    }
  }
  // All vectors, or halves where `places` move whole lanes.
  template <std::size_t kCount>
  static Values Following(const Values (&low)[kCount], const Values (&high)[kCount], int places,
                          int v) {
    Values result;
    for (std::uint32_t i = 0; i < kPlaces; ++i) {
      if (VectorOf(i) != static_cast<std::uint32_t>(v)) continue;
      const std::uint32_t from = i + static_cast<std::uint32_t>(places);
      const Values& vector = (from < kPlaces ? low : high)[VectorOf(from % kPlaces)];
      __builtin_memcpy(result.lane[LaneOf(i)], vector.lane[LaneOf(from % kPlaces)],
                       sizeof(result.lane[0]));
    }
    return result;
  }
  struct Bytes {
    std::int8_t byte[kLanes * kGroup];
  };
  static Bytes Pack(const Int (&values)[kGroup], const Clamp& clamp) {
    Bytes result;
    for (std::uint32_t i = 0; i < kPlaces; ++i) {
      result.byte[i] = Clamped(values[VectorOf(i)].lane[LaneOf(i)], clamp);
    }
    return result;
  }
  static void StoreBytes(std::int8_t* to, const Bytes& bytes) { StorePart(to, bytes, kPlaces); }
  static void StorePart(std::int8_t* to, const Bytes& bytes, std::uint32_t count) {
    __builtin_memcpy(to, &bytes, count);
  }
  static Int Add(Int a, const Int& b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] = WrapAdd(a.lane[i], b.lane[i]);
    return a;
  }
  static Int Sub(Int a, const Int& b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] = WrapSub(a.lane[i], b.lane[i]);
    return a;
  }
  static Int Multiply(Int a, const Int& b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] = WrapMul(a.lane[i], b.lane[i]);
    return a;
  }
  static Int Shift(Int a, unsigned left) {
    for (std::int32_t& lane : a.lane) lane = ShiftLeft(lane, left);
    return a;
  }
  static Int ShiftRight(Int a, int right) {
    for (std::int32_t& lane : a.lane) lane >>= right;
    return a;
  }
  static void StoreInt(std::int32_t* to, const Int& a) { __builtin_memcpy(to, &a, sizeof(a)); }
  struct Shorts {
    std::int16_t lane[16];
  };
  static Shorts LoadShorts(const Value* from) {
    Shorts result;
    __builtin_memcpy(&result, from, sizeof(result));
    return result;
  }
  static void StoreShorts(Value* to, const Shorts& a) { __builtin_memcpy(to, &a, sizeof(a)); }
  static Shorts AddShorts(Shorts a, const Shorts& b) {
    for (int i = 0; i < 16; ++i) a.lane[i] = static_cast<std::int16_t>(a.lane[i] + b.lane[i]);
    return a;
  }
  static Shorts SubShorts(Shorts a, const Shorts& b) {
    for (int i = 0; i < 16; ++i) a.lane[i] = static_cast<std::int16_t>(a.lane[i] - b.lane[i]);
    return a;
  }
  static Shorts ShiftShorts(Shorts a, int left) {
    for (std::int16_t& lane : a.lane) lane = static_cast<std::int16_t>(lane * (1 << left));
    return a;
  }
  static Int Line(Int sums, const Int& scale, const Int& offset) {
    for (int i = 0; i < kLanes; ++i) {
      sums.lane[i] = Round(Fma(sums.lane[i], scale.lane[i], Real(offset.lane[i])));
    }
    return sums;
  }
  static Int Widen(const std::int8_t* from) {
    Int result;
    for (int i = 0; i < kLanes; ++i) result.lane[i] = from[i];
    return result;
  }
  static Int Plane(Int a, const Int& a_scale, const Int& b, const Int& b_scale, const Int& offset) {
    for (int i = 0; i < kLanes; ++i) {
      const float inner = Fma(b.lane[i], b_scale.lane[i], Real(offset.lane[i]));
      a.lane[i] = Round(Fma(a.lane[i], a_scale.lane[i], inner));
    }
    return a;
  }
  static Int BySign(const Int& sums, Int above, const Int& below) {
    for (int i = 0; i < kLanes; ++i) {
      if (sums.lane[i] < 0) above.lane[i] = below.lane[i];
    }
    return above;
  }
  static Int Rescaled(Int sums, const Int& multiplier, const Int& exponent) {
    for (int i = 0; i < kLanes; ++i) {
      sums.lane[i] = Rescale(sums.lane[i], multiplier.lane[i], -(exponent.lane[i] & 31));
    }
    return sums;
  }
  static Int Set(std::int32_t value) {
    Int result;
    for (std::int32_t& lane : result.lane) lane = value;
    return result;
  }
  static void Store(std::int8_t* to, const Int (&values)[2], const Clamp& clamp,
                    std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      to[i] = Clamped(values[i / kLanes].lane[i % kLanes], clamp);
    }
  }
  static constexpr std::uint32_t kPrepared = 16;
  static void Prepare(const std::int8_t* from, Value* to) {
    for (int i = 0; i < 16; ++i) to[i] = static_cast<Value>(from[i] + kBias);
  }
  static void Prepare16(const std::int8_t* from, Value* to) { Prepare(from, to); }

 private:
  static constexpr std::uint32_t kPlaces = kLanes * kGroup;
  // As the instructions that interleave bytes within 128 bits do.
  static std::uint32_t VectorOf(std::uint32_t place) { return place / 4 % kGroup; }
  static std::uint32_t LaneOf(std::uint32_t place) { return place / (4 * kGroup) * 4 + place % 4; }
  static std::int8_t Clamped(std::int32_t value, const Clamp& clamp) {
    return static_cast<std::int8_t>(ClampTo(ClampTo(value, -128, 127), clamp.min, clamp.max));
  }
  static float Real(std::int32_t bits) { return __builtin_bit_cast(float, bits); }
  static float Fma(std::int32_t value, std::int32_t scale, float offset) {
    return __builtin_fmaf(static_cast<float>(value), Real(scale), offset);
  }
  // INT32_MIN is what the instruction answers where the result has no place.
  static std::int32_t Round(float value) {
    const bool fits = value >= -2147483648.0f && value < 2147483648.0f;
    return fits ? static_cast<std::int32_t>(__builtin_rintf(value)) : INT32_MIN;
  }
};

using EmulatedPairs = Emulated<2, std::int16_t, 0>;
using EmulatedQuads = Emulated<4, std::uint8_t, 128>;

}  // namespace tinyfog::nn::x86
