#pragma once

#include "tinyfog/graph/graph.h"

namespace tinyfog::compile {

/// A small int8 network with convolution, depthwise, element-wise, table, copy, reduction, resize,
/// gather, FULLY_CONNECTED and SOFTMAX steps, float ends and seeded weights.
graph::Graph SampleGraph();

}  // namespace tinyfog::compile
