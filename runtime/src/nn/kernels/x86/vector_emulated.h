#pragma once

#include <cstdint>

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
  static constexpr int kColumns = 4;
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
  struct Weights {
    std::int8_t lane[kLanes][kGroup];
  };
  static Weights LoadWeights(const std::int8_t* from) {
    Weights result;
    __builtin_memcpy(&result, from, sizeof(result));
    return result;
  }
  struct Values {
    Value lane[kLanes][kGroup];
  };
  static Values Broadcast(const Value* from) {
    Values result;
    for (auto& lane : result.lane) __builtin_memcpy(&lane, from, sizeof(lane));
    return result;
  }
  static Values LoadValues(const Value* from) {
    Values result;
    __builtin_memcpy(&result, from, sizeof(result));
    return result;
  }
  static void Interleave(const std::int8_t* const (&rows)[kGroup], Value* to) {
    for (int channel = 0; channel < 16; ++channel) {
      for (const std::int8_t* row : rows) *to++ = static_cast<Value>(row[channel] + kBias);
    }
  }
  static Int Dot(Int sums, const Values& values, const Weights& weights) {
    for (int i = 0; i < kLanes; ++i) {
      for (std::uint32_t k = 0; k < kGroup; ++k) {
        sums.lane[i] = WrapAdd(sums.lane[i], values.lane[i][k] * weights.lane[i][k]);
      }
    }
    return sums;
  }
  static Int Add(Int a, const Int& b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] = WrapAdd(a.lane[i], b.lane[i]);
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
  struct Clamp {
    std::int8_t min, max;
  };
  static Clamp ClampOf(std::int8_t min, std::int8_t max) { return {min, max}; }
  static void Store(std::int8_t* to, const Int (&values)[2], const Clamp& clamp,
                    std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::int32_t value = ClampTo(values[i / kLanes].lane[i % kLanes], -128, 127);
      to[i] = static_cast<std::int8_t>(ClampTo(value, clamp.min, clamp.max));
    }
  }
  static constexpr std::uint32_t kPrepared = 16;
  static void Prepare(const std::int8_t* from, Value* to) {
    for (int i = 0; i < 16; ++i) to[i] = static_cast<Value>(from[i] + kBias);
  }
  static void Prepare16(const std::int8_t* from, Value* to) { Prepare(from, to); }

 private:
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
