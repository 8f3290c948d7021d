#pragma once

#include <map>

#include "context.h"

namespace tinyfog::compile {

/// Which pairs of nodes run as one step: the first's index, and how many output rows at a time.
using Streams = std::map<int, int>;

/// The kernels that a stream calls; for any other step its own.
struct StreamedKernels {
  nn::Opcode first;
  nn::Opcode second;
};
StreamedKernels StreamedKernelsOf(nn::Opcode opcode);

/// Whether only node i + 1 reads what node i makes, and both are such that one step could run them:
/// a pointwise and a depthwise convolution (tinyfog/nn/kernels/stream.h), or a convolution and an
/// ADD (tinyfog/nn/kernels/residual.h).
bool CanStream(const graph::Graph& graph, int node);

/// Makes the last two steps, those of this node and of the one before it, one that never holds the
/// whole map between them. False (and no change) if there is no such kernel for them.
/// Precondition: CanStream of the node before.
bool MergeIntoStream(Context& context, const graph::Graph& graph, int rows);

}  // namespace tinyfog::compile
