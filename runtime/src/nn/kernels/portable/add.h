#pragma once

#include "kernels/portable/broadcast.h"
#include "tinyfog/nn/fixed_point.h"

namespace tinyfog::nn::portable {

inline std::int32_t ScaledA(const QuantisedBinaryParams& p, std::int32_t a) {
  return Rescale(ShiftLeft(WrapAdd(a, p.a_offset), p.left_shift), p.a_multiplier, p.a_shift);
}
inline std::int32_t ScaledB(const QuantisedBinaryParams& p, std::int32_t b) {
  return Rescale(ShiftLeft(WrapAdd(b, p.b_offset), p.left_shift), p.b_multiplier, p.b_shift);
}
inline std::int32_t Output(const QuantisedBinaryParams& p, std::int32_t raw) {
  const std::int32_t scaled = Rescale(raw, p.output_multiplier, p.output_shift);
  return ClampTo(WrapAdd(scaled, p.output_offset), p.clamp_min, p.clamp_max);
}

template <class T>
void Add(const QuantisedBinaryParams& p, Memory memory) {
  const bool subtract = p.op == 1;
  Broadcast<T, T>(p.shape, memory, [&p, subtract](std::int32_t a, std::int32_t b) {
    const std::int32_t sa = ScaledA(p, a);
    const std::int32_t sb = ScaledB(p, b);
    return static_cast<T>(Output(p, subtract ? WrapSub(sa, sb) : WrapAdd(sa, sb)));
  });
}

template <class T>
void Mul(const QuantisedBinaryParams& p, Memory memory) {
  Broadcast<T, T>(p.shape, memory, [&p](std::int32_t a, std::int32_t b) {
    return static_cast<T>(Output(p, WrapMul(WrapAdd(a, p.a_offset), WrapAdd(b, p.b_offset))));
  });
}

template <class T>
void SquaredDifference(const QuantisedBinaryParams& p, Memory memory) {
  Broadcast<T, T>(p.shape, memory, [&p](std::int32_t a, std::int32_t b) {
    const std::int32_t difference = WrapSub(ScaledA(p, a), ScaledB(p, b));
    return static_cast<T>(Output(p, WrapMul(difference, difference)));
  });
}

}  // namespace tinyfog::nn::portable
