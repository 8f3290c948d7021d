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
  /// Executes `rows` times, on what lies one after another: one pointer per tensor in the order of
  /// the signature, each to rows * ByteSize() bytes; behind the inputs, kReadableBehind bytes more
  /// can be read. Precondition: 1 <= rows <= max_rows(). Errors: kInternal.
  virtual Outcome<void> Run(std::span<const std::uint8_t* const> inputs,
                            std::span<std::uint8_t* const> outputs, std::uint32_t rows) = 0;
  virtual std::uint32_t max_rows() const { return 1; }
  /// Whether rows one by one are as fast as together: then nobody need bring them together.
  virtual bool takes_rows_apart() const { return false; }
  /// Which backend executes which layer; empty where the engine has no layers.
  virtual std::vector<LayerPlacement> Placement() const { return {}; }
  /// The same with each layer's share of the time where it can be measured: executes a few times.
  virtual std::vector<LayerPlacement> Profile() { return Placement(); }
  /// How requests reach the kernels, for people.
  virtual std::string Execution() const { return {}; }
};

/// How a model is to be executed.
struct LoadOptions {
  /// Some of Info().backends, in order of preference: no others are used.
  std::vector<std::string> backends;
  std::uint32_t threads = 1;  ///< for one inference, where network and model can use them
};

/// Makes networks out of model files. Thread-safe; loads are serialised inside.
class Engine {
 public:
  virtual ~Engine() = default;
  /// `file` was made by OpenModel. Errors: kFailedPrecondition (no backend takes the model, or they
  /// see other inputs and outputs than `signature`).
  virtual Outcome<std::unique_ptr<Network>> Load(const std::vector<std::uint8_t>& file,
                                                 const Signature& signature,
                                                 const LoadOptions& options) = 0;
  /// Its version, and those of the wanted backends that are there, in order of preference.
  virtual EngineInfo Info() const = 0;
};

/// The backend that executes models with the kernels of the nodes.
inline constexpr const char* kCpuTiny = "CpuTiny";
/// The backend that takes everything that Arm NN can read, slowly: the reference.
inline constexpr const char* kCpuRef = "CpuRef";

/// CpuTiny where `backends` names it, and Arm NN on the others. Errors: as CreateArmnnEngine.
Outcome<std::shared_ptr<Engine>> CreateEngine(const std::vector<std::string>& backends);

/// Arm NN on `backends`; those not registered are skipped with a warning. All engines of a process
/// share one runtime. Errors: kFailedPrecondition (none of them is there).
Outcome<std::shared_ptr<Engine>> CreateArmnnEngine(const std::vector<std::string>& backends);

/// Answers zeros without computing.
std::shared_ptr<Engine> CreateStubEngine();

}  // namespace tinyfog::inference
