#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "tinyfog/nn/fixed_point.h"

/// Finds cheaper forms of requantisation and proves that they are exact.
namespace tinyfog::compile {

/// f(sum) = clamp(Rescale(sum, scale) + zero_point, -128, 127) for low <= sum <= high.
struct Requantisation {
  nn::Scale scale;
  std::int32_t zero_point;
  std::int64_t low;  // -2^30 to 2^30, as is high
  std::int64_t high;
};

/// g(sum) = clamp(round(fma(sum, slope, sum < 0 ? below : above)), -128, 127) in float, `round` to
/// the nearest integer with ties to even.
struct Lines {
  float slope;
  float above;
  float below;  // equal to `above` where one line does
};

/// Lines with g = f for every sum; nothing when the search, which is bounded, finds none. Proof: f
/// and, on each side of zero, g rise with the sum, so they are equal if they agree at the ends and
/// on both sides of each of the at most 255 steps of f.
std::optional<Lines> ProveLines(const Requantisation& f);

/// clamp(round(fma(a, a_scale, fma(b, b_scale, offset)))).
struct Plane {
  float a_scale;
  float b_scale;
  float offset;
};

/// A plane that equals `exact` (clamped to -128 to 127) for all 65536 pairs of int8 values, near
/// the one that is given; nothing when the search, which is bounded, finds none.
std::optional<Plane> ProvePlane(
    const std::function<std::int32_t(std::int32_t, std::int32_t)>& exact, double a_scale,
    double b_scale, double offset);

}  // namespace tinyfog::compile
