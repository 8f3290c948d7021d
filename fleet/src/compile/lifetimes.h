#pragma once

#include <set>

#include "program.h"

namespace tinyfog::compile {

/// Sets first and last of each buffer from the steps that touch it; inputs of the graph live from
/// -1, its outputs to behind the last step, state always.
void SetLifetimes(const graph::Graph& graph, Program& program);

/// Lets outputs of in-place steps join an input whose life ends there: where they may begin where
/// the input begins, and, at the steps of `apart`, where they must begin before it.
void JoinInPlace(Program& program, const std::set<int>& apart);

}  // namespace tinyfog::compile
