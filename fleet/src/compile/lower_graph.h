#pragma once

#include "plan.h"
#include "tinyfog/compile/compile.h"
#include "tinyfog/host/error.h"

namespace tinyfog::compile {

struct Lowered {
  Program program;
  Plan plan;
};

/// Steps, constants and the plan of the arena. With Options::optimise, pairs of a pointwise and a
/// depthwise convolution run as one step where that makes the arena smaller.
Outcome<Lowered> LowerGraph(const graph::Graph& graph, const Options& options);

}  // namespace tinyfog::compile
