#include "x86_rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace tinyfog::compile {
namespace {

constexpr int kSlopes = 17;  // neighbouring floats that are tried
// Where between the smallest and the largest possible offset: floats round, so that the middle may
// fail where another point does not.
constexpr double kPlaces[] = {.5, .25, .75, .1, .9, 0, 1};

std::int32_t ClampToByte(std::int64_t value) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, -128, 127));
}

/// One side of zero.
class Side {
 public:
  Side(const Requantisation& f, std::int64_t low, std::int64_t high)
      : f_(f), low_(low), high_(high) {
    if (low_ > high_) return;
    first_ = Exact(low_);
    last_ = Exact(high_);
    std::int64_t from = low_;
    for (std::int32_t value = first_ + 1; value <= last_; ++value) {
      from = FirstAtLeast(value, from);
      steps_.push_back({value, from});
    }
  }

  /// The offset with which a line of this slope is f.
  std::optional<float> OffsetFor(float slope) const {
    if (low_ > high_) return 0.0f;
    if (steps_.empty()) return Constant(slope);
    double least = -std::numeric_limits<double>::infinity();
    double most = -least;
    for (const Step& step : steps_) {
      const double edge = step.value - 0.5;
      least = std::max(least, edge - double{slope} * static_cast<double>(step.sum));
      most = std::min(most, edge - double{slope} * static_cast<double>(step.sum - 1));
    }
    if (most < least) return std::nullopt;
    for (const double place : kPlaces) {
      const auto offset = static_cast<float>(least + (most - least) * place);
      if (Agrees(slope, offset)) return offset;
    }
    return std::nullopt;
  }

 private:
  struct Step {
    std::int32_t value;
    std::int64_t sum;  // the smallest with f(sum) >= value
  };

  std::int32_t Exact(std::int64_t sum) const {
    return ClampToByte(std::int64_t{nn::Rescale(static_cast<std::int32_t>(sum), f_.scale)} +
                       f_.zero_point);
  }
  static std::int32_t Line(std::int64_t sum, float slope, float offset) {
    const float line = std::fmaf(static_cast<float>(sum), slope, offset);
    return ClampToByte(std::llrint(line));
  }
  /// Precondition: f(from) <= value <= f(high).
  std::int64_t FirstAtLeast(std::int32_t value, std::int64_t from) const {
    std::int64_t below = from - 1;
    std::int64_t above = high_;
    while (above - below > 1) {
      const std::int64_t middle = below + (above - below) / 2;
      (Exact(middle) >= value ? above : below) = middle;
    }
    return above;
  }
  std::optional<float> Constant(float slope) const {
    // Far outside where f is clamped, else the value less what the line makes of the middle.
    const double middle = double{slope} * static_cast<double>(low_ + (high_ - low_) / 2);
    for (const double aim : {double(first_), first_ == -128 ? -1e6 : 1e6}) {
      const auto offset = static_cast<float>(aim - middle);
      if (Agrees(slope, offset)) return offset;
    }
    return std::nullopt;
  }
  bool Agrees(float slope, float offset) const {
    if (Line(low_, slope, offset) != first_ || Line(high_, slope, offset) != last_) return false;
    return std::all_of(steps_.begin(), steps_.end(), [&](const Step& step) {
      return Line(step.sum, slope, offset) == step.value &&
             Line(step.sum - 1, slope, offset) == step.value - 1;
    });
  }

  const Requantisation& f_;
  const std::int64_t low_, high_;
  std::int32_t first_ = 0, last_ = 0;
  std::vector<Step> steps_;
};

// The slope and its neighbours, the nearest first.
std::vector<float> Slopes(nn::Scale scale) {
  const auto middle =
      static_cast<float>(std::ldexp(static_cast<double>(scale.multiplier), scale.shift - 31));
  std::vector<float> slopes = {middle};
  float up = middle;
  float down = middle;
  while (slopes.size() < kSlopes) {
    up = std::nextafter(up, 1e30f);
    down = std::nextafter(down, 0.0f);
    slopes.push_back(up);
    slopes.push_back(down);
  }
  return slopes;
}

}  // namespace

std::optional<Lines> ProveLines(const Requantisation& f) {
  const std::vector<float> slopes = Slopes(f.scale);
  const Side whole(f, f.low, f.high);
  for (const float slope : slopes) {
    if (const auto offset = whole.OffsetFor(slope)) return Lines{slope, *offset, *offset};
  }
  const Side above(f, std::max<std::int64_t>(f.low, 0), f.high);
  const Side below(f, f.low, std::min<std::int64_t>(f.high, -1));
  for (const float slope : slopes) {
    const auto upper = above.OffsetFor(slope);
    const auto lower = upper ? below.OffsetFor(slope) : std::nullopt;
    if (lower) return Lines{slope, *upper, *lower};
  }
  return std::nullopt;
}

std::optional<Plane> ProvePlane(
    const std::function<std::int32_t(std::int32_t, std::int32_t)>& exact, double a_scale,
    double b_scale, double offset) {
  std::vector<std::int32_t> sums;
  for (std::int32_t a = -128; a < 128; ++a) {
    for (std::int32_t b = -128; b < 128; ++b) sums.push_back(ClampToByte(exact(a, b)));
  }
  const auto agrees = [&](const Plane& plane) {
    std::size_t i = 0;
    for (int a = -128; a < 128; ++a) {
      for (int b = -128; b < 128; ++b, ++i) {
        const float value =
            std::fmaf(static_cast<float>(a), plane.a_scale,
                      std::fmaf(static_cast<float>(b), plane.b_scale, plane.offset));
        if (ClampToByte(std::llrint(value)) != sums[i]) return false;
      }
    }
    return true;
  };
  // Ties of the exact sums lie on either side of those of the plane.
  constexpr double kNudges[] = {0, 1e-6, -1e-6, 1e-5, -1e-5, 1e-4, -1e-4, 5e-4, -5e-4, 2e-3, -2e-3};
  for (const double nudge : kNudges) {
    const Plane plane = {static_cast<float>(a_scale), static_cast<float>(b_scale),
                         static_cast<float>(offset + nudge)};
    if (agrees(plane)) return plane;
  }
  return std::nullopt;
}

}  // namespace tinyfog::compile
