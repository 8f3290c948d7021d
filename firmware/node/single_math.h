#pragma once

#include <bit>
#include <cstdint>

/// Elementary functions in single precision without a library: a few units in the last place off,
/// and the same on every machine that rounds to nearest and does not fuse.
namespace tinyfog::node {

inline constexpr float kPi = 3.14159265f;

/// sin(2 pi turns) for turns in [-1, 1]: Taylor's polynomial after folding to a quarter turn.
inline float SineOfTurns(float turns) {
  float t = turns < 0 ? turns + 1 : turns;  // [0, 1]
  if (t > 0.5f) t -= 1;                     // (-0.5, 0.5]
  if (t > 0.25f) t = 0.5f - t;
  if (t < -0.25f) t = -0.5f - t;
  const float x = 2 * kPi * t;
  const float s = x * x;
  return x * (1 + s * (-1.0f / 6 +
                       s * (1.0f / 120 +
                            s * (-1.0f / 5040 + s * (1.0f / 362880 + s * (-1.0f / 39916800))))));
}
/// cos(2 pi turns) for turns in [0, 1].
inline float CosineOfTurns(float turns) {
  return SineOfTurns(turns > 0.75f ? turns - 0.75f : turns + 0.25f);
}

/// Natural logarithm of a positive normal number: exponent and the series of artanh.
inline float Logarithm(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  auto exponent = static_cast<std::int32_t>(bits >> 23) - 127;
  float m = std::bit_cast<float>((bits & 0x7FFFFF) | 0x3F800000);  // [1, 2)
  if (m > 1.41421356f) {
    m *= 0.5f;
    ++exponent;
  }
  const float z = (m - 1) / (m + 1);  // |z| < 0.172
  const float s = z * z;
  const float series = 2 * z * (1 + s * (1.0f / 3 + s * (1.0f / 5 + s * (1.0f / 7 + s / 9))));
  return static_cast<float>(exponent) * 0.693147181f + series;
}

/// e^x for |x| < 80: powers of two and Taylor's polynomial.
inline float Exponential(float x) {
  const float in_octaves = x * 1.44269504f;
  const auto octaves = static_cast<std::int32_t>(in_octaves + (in_octaves < 0 ? -0.5f : 0.5f));
  // ln 2 in two parts, of which the first times a small number is exact. |r| < 0.35
  const float r =
      x - static_cast<float>(octaves) * 0.693359375f + static_cast<float>(octaves) * 2.12194440e-4f;
  const float series =
      1 + r * (1 + r * (1.0f / 2 + r * (1.0f / 6 + r * (1.0f / 24 + r * (1.0f / 120 + r / 720)))));
  return series * std::bit_cast<float>(static_cast<std::uint32_t>(octaves + 127) << 23);
}

}  // namespace tinyfog::node
