#pragma once

#include "tinyfog/graph/graph.h"
#include "tinyfog/host/error.h"
#include "tinyfog/tflite/model.h"

namespace tinyfog::graph {

/// The model's first subgraph. Precondition: `model` satisfies tflite::Check. Errors:
/// kUnimplemented for operators and types that the graph has no word for, naming the operator and
/// what is supported; kInvalidArgument for a shape with an empty dimension.
Outcome<Graph> FromTflite(const tflite::ModelT& model);

}  // namespace tinyfog::graph
