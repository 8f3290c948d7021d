#pragma once

#include "tinyfog/graph/graph.h"

/// Passes: graph to graph, for any target, equal bytes at every output. They keep the indices of
/// tensors (new ones come last), so that a tensor can be compared before and after. Each works on
/// any graph that satisfies tflite::Check and leaves alone what it does not understand.
namespace tinyfog::graph {

/// Removes nodes that no output of the graph depends on.
void RemoveDeadNodes(Graph& graph);

/// Turns operators whose output is their input byte for byte (QUANTIZE to the same quantisation,
/// RELU that clamps nothing, PAD by nothing, ...) into RESHAPE, which costs nothing.
void AliasIdentities(Graph& graph);

/// RELU, RELU6 and RELU_N1_TO_1 become the fused activation of the operator before them, where both
/// tensors have one quantisation: the node's `source` is then the activation's.
void FuseActivations(Graph& graph);

/// PAD before CONV_2D and DEPTHWISE_CONV_2D becomes their padding, where it pads height and width
/// with the zero point and by less than the kernel's size.
void FusePads(Graph& graph);

/// Takes out channels that have the same value for every input, and channels that nothing reads
/// (see fleet/graph in fleet/README.md). Tensor::removed says which. A second call does nothing.
void RemoveConstantChannels(Graph& graph);

}  // namespace tinyfog::graph
