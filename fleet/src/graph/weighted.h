#pragma once

#include <optional>
#include <vector>

#include "range.h"
#include "tinyfog/graph/graph.h"
#include "tinyfog/graph/scale.h"

namespace tinyfog::graph {

/// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED in int8 and float32 seen alike: output channel o
/// is bias[o] plus weights times what lies under them, each pair of channels meeting in `taps`
/// weights. Every number is exact: int8 weights are floats, int32 biases doubles.
struct Weighted {
  bool depthwise = false;
  bool padded = false;     // some windows reach over the border, where the input is its zero point
  bool takes_bias = true;  // a bias could be added without changing the scales
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t taps = 0;
  double input_zero_point = 0;
  double output_zero_point = 0;
  std::vector<float> weights;
  std::vector<double> bias;
  std::vector<nn::Scale> scales;  // per output; none: float32
  Range bounds{};

  /// Outputs for each input of a depthwise convolution.
  std::size_t multiplier() const { return outputs / inputs; }
  /// The input channels that output o reads: [first_input, end_input).
  std::size_t first_input(std::size_t o) const { return depthwise ? o / multiplier() : 0; }
  std::size_t end_input(std::size_t o) const { return depthwise ? o / multiplier() + 1 : inputs; }
  std::size_t index(std::size_t o, std::size_t tap, std::size_t i) const {
    return depthwise ? tap * outputs + o : (o * taps + tap) * inputs + i;
  }
  /// Whether output o depends on input i.
  bool Reads(std::size_t o, std::size_t i) const {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      if (weight(o, tap, i) != 0) return true;
    }
    return false;
  }
  double weight(std::size_t o, std::size_t tap, std::size_t i) const {
    return weights[index(o, tap, i)];
  }
};

/// Nothing for other operators and types, groups, numbers that are not finite, and whatever does
/// not fit together. A fully connected layer's columns are the channels of its input over and over.
std::optional<Weighted> WeightedOf(const Graph& graph, const Node& node);

/// What output o can be. Precondition: a range for each input.
Range OutputRange(const Weighted& w, const std::vector<Range>& inputs, std::size_t o);

/// What a constant channel adds to the accumulator of output o; nothing when it must stay because
/// windows over the border see the zero point instead.
std::optional<double> ConstantShare(const Weighted& w, const Range& range, std::size_t o,
                                    std::size_t i);

}  // namespace tinyfog::graph
