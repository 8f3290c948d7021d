#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tinyfog/plan/plan.h"

namespace armnn {
class IOptimizedNetwork;
}

/// CpuTiny, the backend of Arm NN that executes whole subgraphs as plans.
namespace tinyfog::armnn_backend {

inline constexpr const char* kCpuTiny = "CpuTiny";

/// Makes the backend known to Arm NN. Once for a process, before its first armnn::IRuntime.
/// Thread-safe; further calls do nothing.
void RegisterCpuTiny();

/// A network that is a plan and nothing else.
struct DirectPlan {
  std::shared_ptr<const plan::Plan> plan;
  // The binding ids of the network's inputs and outputs, in the order of the plan's.
  std::vector<int> inputs;
  std::vector<int> outputs;
};

/// The plan of a network in which CpuTiny executes everything; null otherwise. The plan outlives
/// the network.
std::unique_ptr<DirectPlan> DirectPlanOf(const armnn::IOptimizedNetwork& network);

}  // namespace tinyfog::armnn_backend
