#pragma once

#include "tinyfog/graph/graph.h"
#include "tinyfog/tflite/schema_generated.h"

namespace tinyfog::graph {

/// The operator's options; what it does not have keeps its default.
Attributes AttributesOf(const tflite::OperatorT& op);

}  // namespace tinyfog::graph
