#include "trigonometry.h"

#include <cmath>

namespace tinyfog::demo {

Phasor operator*(const Phasor& a, const Phasor& b) {
  return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

Phasor Rotation(double angle) {
  // An eighth of the angle within half a turn is below pi/8, where the Taylor series is exact to
  // double precision after eight terms; three squarings give the angle back.
  const double rest = (angle - kTurn * std::floor(angle / kTurn + 0.5)) / 8;
  const double square = rest * rest;
  double cosine = 1, sine = rest, cosine_term = 1, sine_term = rest;
  for (int k = 1; k <= 8; ++k) {
    cosine_term *= -square / ((2 * k - 1) * (2 * k));
    sine_term *= -square / ((2 * k) * (2 * k + 1));
    cosine += cosine_term;
    sine += sine_term;
  }
  Phasor p{cosine, sine};
  for (int i = 0; i < 3; ++i) p = p * p;
  return p;
}

double SmallExp(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k <= 18; ++k) {
    term *= x / k;
    sum += term;
  }
  return sum;
}

}  // namespace tinyfog::demo
