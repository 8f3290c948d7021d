#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine.h"
#include "model_file.h"

namespace tinyfog::inference {

/// What executes a model, and how far it can be trusted.
struct BackendChoice {
  std::vector<std::string> backends;  ///< that it may use, in order of preference
  std::vector<QuarantinedBackend> quarantined;
  std::vector<std::string> checks;   ///< what was compared, for people
  std::unique_ptr<Network> network;  ///< for single inferences, on those backends
};

/// Those of the engine that may have the file at all. Errors: that there are none, and why.
Outcome<std::vector<std::string>> BackendsFor(const ModelFile& file, const Engine& engine);

/// Loads the model and compares its answers on seeded inputs with the runtime's portable kernels
/// and with Arm NN's CpuRef, each where it takes the model and is not too slow for it. While they
/// differ by more than their arithmetic explains, the backend at fault is left out; CpuRef, the
/// last resort, never is. `threads`: as in LoadOptions. Networks stay with the calling thread.
/// Errors: those of Engine::Load; kFailedPrecondition when every backend that takes the model
/// answers wrongly.
Outcome<BackendChoice> ChooseBackends(const ModelFile& file, Engine& engine,
                                      std::uint32_t threads = 1);

}  // namespace tinyfog::inference
