#include <algorithm>
#include <cmath>

#include "weighted.h"

namespace tinyfog::graph {

Range OutputRange(const Weighted& w, const std::vector<Range>& inputs, std::size_t o) {
  Range sum = {w.bias[o], w.bias[o]};
  double magnitude = std::abs(w.bias[o]);
  double terms = 1;
  bool varies = false;
  for (std::size_t i = w.first_input(o); i < w.end_input(o); ++i) {
    const double from = inputs[i].low - w.input_zero_point;
    const double to = inputs[i].high - w.input_zero_point;
    for (std::size_t tap = 0; tap < w.taps; ++tap) {
      const double weight = w.weight(o, tap, i);
      Range term = {std::min(weight * from, weight * to), std::max(weight * from, weight * to)};
      if (w.padded) term.Widen(0);
      sum.low += term.low;
      sum.high += term.high;
      magnitude += std::max(-term.low, term.high);
      terms += weight != 0 ? 1 : 0;
      varies |= !term.is_constant();
    }
  }
  if (!w.scales.empty()) {
    return Requantised(sum, w.scales[o], w.output_zero_point, w.bounds);
  }
  return varies ? Rounded(sum, terms, magnitude, w.bounds) : Rounded(sum, 0, 0, w.bounds);
}

std::optional<double> ConstantShare(const Weighted& w, const Range& range, std::size_t o,
                                    std::size_t i) {
  if (!range.is_constant()) return std::nullopt;
  const double value = range.low - w.input_zero_point;
  if (value == 0) return 0;
  if (w.padded) return std::nullopt;
  double share = 0;
  for (std::size_t tap = 0; tap < w.taps; ++tap) share += value * w.weight(o, tap, i);
  if (share != 0 && !w.takes_bias) return std::nullopt;
  return share;
}

}  // namespace tinyfog::graph
