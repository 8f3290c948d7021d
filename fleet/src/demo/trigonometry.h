#pragma once

namespace tinyfog::demo {

inline constexpr double kTurn = 6.283185307179586;  ///< 2 pi

/// A point of the complex plane; multiplying by Rotation(a) turns it by a.
struct Phasor {
  double re = 1, im = 0;
};

Phasor operator*(const Phasor& a, const Phasor& b);

/// cos a + i sin a, for any finite a. The C library's functions differ in the last bit between
/// machines; these do not.
Phasor Rotation(double angle);

/// e^x for -1 <= x <= 1.
double SmallExp(double x);

}  // namespace tinyfog::demo
