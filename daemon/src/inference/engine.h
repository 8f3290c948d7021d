#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/inference/server.h"
#include "tinyfog/inference/tensor.h"

namespace tinyfog::inference {

/// What goes in and out of a network, batch dimension included.
struct Signature {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  bool finite_inputs = false;  ///< FP32 inputs must be neither NaN nor infinite
};

/// One executable network. Used by one thread at a time, and for good performance always by the
/// same one.
class Network {
 public:
  virtual ~Network() = default;
  /// Executes once. One pointer per tensor in the order of the signature, each to ByteSize()
  /// bytes. Errors: kInternal.
  virtual Outcome<void> Run(std::span<const std::uint8_t* const> inputs,
                            std::span<std::uint8_t* const> outputs) = 0;
  /// Which backend executes which layer; empty where the engine has no layers.
  virtual std::vector<LayerPlacement> Placement() const { return {}; }
};

/// Makes networks out of model files. Thread-safe; loads are serialised inside.
class Engine {
 public:
  virtual ~Engine() = default;
  /// `file` has passed CheckModel. Errors: kFailedPrecondition (the engine refuses the model, or
  /// sees other inputs and outputs than `signature`).
  virtual Outcome<std::unique_ptr<Network>> Load(const std::vector<std::uint8_t>& file,
                                                 const Signature& signature) = 0;
  /// Its version, and those of the wanted backends that are there, in order of preference.
  virtual EngineInfo Info() const = 0;
};

/// Arm NN on `backends`; those not registered are skipped with a warning. All engines of a process
/// share one runtime. Errors: kFailedPrecondition (none of them is there).
Outcome<std::shared_ptr<Engine>> CreateArmnnEngine(const std::vector<std::string>& backends);

/// Answers zeros without computing.
std::shared_ptr<Engine> CreateStubEngine();

}  // namespace tinyfog::inference
