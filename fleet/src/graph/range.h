#pragma once

#include <vector>

#include "tinyfog/graph/graph.h"
#include "tinyfog/graph/scale.h"

namespace tinyfog::graph {

/// The values that one channel of a tensor can take, both ends included: quantised values of int8,
/// which a double holds exactly, as it does the sums that their kernels take, or floats.
struct Range {
  double low;
  double high;

  bool is_constant() const { return low == high; }
  bool operator==(const Range&) const = default;

  void Widen(double value);
};

/// What ranges are known of: int8 and float32.
bool HasRange(const Tensor& tensor);

/// Every value of the tensor's type that is finite. Precondition: HasRange.
Range FullRangeOf(const Tensor& tensor);

bool AreFinite(const std::vector<float>& values);

/// What a fused activation leaves of the full range.
Range BoundsOf(Activation activation, const Tensor& output);

/// std::clamp, also when the bounds are the wrong way round.
double Clamped(double value, const Range& bounds);

/// What int8 kernels make of an accumulator: rescaled, moved and clamped. Rescaling rises with its
/// argument as long as nothing overflows; where it could, the range is full.
Range Requantised(const Range& accumulator, nn::Scale scale, double zero_point,
                  const Range& bounds);

/// What float kernels make of a sum whose exact value is in `sum`, clamped: wider by what rounding
/// `terms` times in any order can add, where `magnitude` bounds the sum of the absolute terms. Sums
/// that overflow are not looked at.
Range Rounded(const Range& sum, double terms, double magnitude, const Range& bounds);

}  // namespace tinyfog::graph
