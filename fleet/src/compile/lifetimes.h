#pragma once

#include "program.h"

namespace tinyfog::compile {

/// Sets first and last of each buffer from the steps that touch it; inputs of the graph live from
/// -1, its outputs to behind the last step, state always.
void SetLifetimes(const graph::Graph& graph, Program& program);

/// Lets outputs of in-place steps join an input whose life ends there.
void JoinInPlace(Program& program);

/// The buffer whose memory `buffer` shares.
int RootOf(const Program& program, int buffer);

}  // namespace tinyfog::compile
