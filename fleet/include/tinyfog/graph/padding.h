#pragma once

#include <optional>

#include "tinyfog/graph/graph.h"

namespace tinyfog::graph {

/// The padding of a window of kernel_height x kernel_width that slides over `input` [N,H,W,C] and
/// makes `output` [N,H,W,C]: the node's own, or what SAME or VALID give. Nothing when the output's
/// size is not the one that TFLite computes. Precondition: both have 4 dimensions; strides and
/// dilations are positive.
std::optional<Padding> PaddingOf(const Attributes& attributes, const Tensor& input,
                                 const Tensor& output, int kernel_height, int kernel_width);

}  // namespace tinyfog::graph
