#pragma once

#include "plan.h"
#include "tinyfog/compile/compile.h"

namespace tinyfog::compile {

/// What Compiled says about a program.
std::vector<StepReport> DescribeSteps(const graph::Graph& graph, const Program& program,
                                      const Plan& plan);
std::vector<ArenaBuffer> DescribeBuffers(const graph::Graph& graph, const Program& program);
std::vector<std::vector<PortUse>> DescribePorts(const graph::Graph& graph, const Program& program);

}  // namespace tinyfog::compile
