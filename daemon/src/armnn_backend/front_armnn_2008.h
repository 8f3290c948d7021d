#pragma once

#include <SubgraphView.hpp>

#include "tinyfog/graph/graph.h"
#include "tinyfog/host/error.h"

namespace tinyfog::armnn_backend {

/// The graph of a subgraph of Arm NN: its inputs and outputs are those of the subgraph, in their
/// order. Errors: kUnimplemented for a layer, a type or an option that the graph has no word for,
/// naming the layer.
Outcome<graph::Graph> FromSubgraph(const armnn::SubgraphView& subgraph);

/// The graph's word for a type.
Outcome<nn::Type> TypeOf(armnn::DataType type);

/// Those for an activation and an operation on single values.
Outcome<graph::Op> OpOf(const armnn::ActivationDescriptor& descriptor);
Outcome<graph::Op> OpOf(const armnn::ElementwiseUnaryDescriptor& descriptor);

}  // namespace tinyfog::armnn_backend
