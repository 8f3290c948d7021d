#pragma once

#include "tinyfog/graph/graph.h"

/// Passes: graph to graph, for any target, equal bytes at every output (but for rounding where
/// RemoveConstantChannels changes sums of floats). They keep the indices of
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

/// The float inputs that RemoveConstantChannels counts with: so large that no measured quantity
/// reaches it, so small that products with it do not overflow. Nearly unused weights (1e-30) are
/// what training leaves of pruned channels; the largest float times one of them would count.
inline constexpr double kLargestInput = 0x1p60;

/// Takes out channels that have the same value for every input, and channels that nothing reads, of
/// int8 and float32 tensors (see fleet/graph in fleet/README.md). Tensor::removed says which.
/// Outputs keep their bytes in int8; in float32 sums are rounded otherwise, by no more than another
/// order of their terms can change, as long as inputs are within kLargestInput. A second call does
/// nothing.
void RemoveConstantChannels(Graph& graph);

}  // namespace tinyfog::graph
