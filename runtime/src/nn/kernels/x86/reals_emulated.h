#pragma once

#include <cstdint>

namespace tinyfog::nn::x86 {

/// Eight floats in plain C++.
struct EmulatedReals {
  static constexpr int kLanes = 8;
  static constexpr int kBlocks = 1;
  static constexpr int kPixels = 3;
  static constexpr int kNarrowBlocks = 2;
  static constexpr int kNarrowPixels = 2;
  static constexpr int kLastPixels = 4;
  static constexpr int kColumns = 4;
  struct Real {
    float lane[kLanes];
  };

  static Real Load(const float* from) {
    Real result;
    __builtin_memcpy(&result, from, sizeof(result));
    return result;
  }
  static Real Set(float value) {
    Real result;
    for (float& lane : result.lane) lane = value;
    return result;
  }
  static Real Fma(const Real& a, const Real& b, Real sum) {
    for (int i = 0; i < kLanes; ++i) {
      sum.lane[i] = __builtin_fmaf(a.lane[i], b.lane[i], sum.lane[i]);
    }
    return sum;
  }
  static Real Add(Real a, const Real& b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] += b.lane[i];
    return a;
  }
  static Real Subtract(Real a, const Real& b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] -= b.lane[i];
    return a;
  }
  static Real Divide(Real a, const Real& b) {
    for (int i = 0; i < kLanes; ++i) a.lane[i] /= b.lane[i];
    return a;
  }
  static Real AtLeast(Real value, const Real& least) {
    for (int i = 0; i < kLanes; ++i) {
      if (value.lane[i] < least.lane[i]) value.lane[i] = least.lane[i];
    }
    return value;
  }
  static Real AtMost(Real value, const Real& most) {
    for (int i = 0; i < kLanes; ++i) {
      if (value.lane[i] > most.lane[i]) value.lane[i] = most.lane[i];
    }
    return value;
  }
  static void Store(float* to, const Real& value) { Store(to, value, kLanes); }
  static void Store(float* to, const Real& value, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) to[i] = value.lane[i];
  }
};

}  // namespace tinyfog::nn::x86
