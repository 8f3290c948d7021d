#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tinyfog/events/event_bus.h"
#include "tinyfog/host/error.h"
#include "tinyfog/inference/request.h"
#include "tinyfog/inference/tensor.h"
#include "tinyfog/metrics/metrics.h"

namespace tinyfog::inference {

/// What executes models. kStub answers zeros of the right size without computing: for measuring
/// everything else.
enum class EngineKind : std::uint8_t { kArmnn, kStub };

/// Which versions of a model are served.
struct VersionPolicy {
  enum class Kind : std::uint8_t { kLatest, kAll, kSpecific } kind = Kind::kLatest;
  std::uint32_t latest = 1;              ///< kLatest: the N highest
  std::vector<std::int64_t> specific{};  ///< kSpecific
};

/// Settings of one model: `<repository>/<model>/config.toml`; defaults where the file or a key is
/// missing.
struct ModelOptions {
  VersionPolicy version_policy;
  std::uint32_t max_batch = 8;                   ///< 1..64; 1 switches batching off
  std::chrono::microseconds max_queue_delay{0};  ///< how long a batch waits to become fuller
  std::uint32_t queue_capacity = 1024;  ///< waiting requests; more are refused kResourceExhausted
  std::uint32_t instances = 1;          ///< 1..16 threads with networks of their own
  std::uint32_t threads = 1;            ///< 1..16 that execute one inference of a large model
  std::uint32_t warmup = 1;           ///< single inferences on zeros per instance before it serves
  std::uint32_t priority_levels = 3;  ///< 1..10
  std::uint32_t default_priority = 2;
  std::chrono::milliseconds default_timeout{0};  ///< 0: none
  std::vector<std::string> labels;               ///< class names, for events and metadata
};

struct ServerOptions {
  std::filesystem::path repository;  ///< must exist
  EngineKind engine = EngineKind::kArmnn;
  std::vector<std::string> backends{
      "CpuTiny", "CpuAcc",
      "CpuRef"};  ///< in order of preference; those not registered are skipped with a warning
  bool load_all_at_start = true;
  std::vector<std::string> load_at_start;  ///< used when load_all_at_start is false
  std::uint64_t max_model_bytes = 256ull << 20;
  /// Executed with each new model before it is loaded here, see probe.h; empty: none. What makes
  /// this program die is refused with kInvalidArgument.
  std::filesystem::path probe_program;
  ModelOptions model_defaults;
};

enum class ModelState : std::uint8_t { kLoading, kReady, kUnloading, kUnavailable };

/// One version of one model as the repository index shows it.
struct IndexEntry {
  std::string model;
  std::int64_t version = 0;
  ModelState state = ModelState::kUnavailable;
  std::string reason;  ///< why it is not ready
};

struct LayerPlacement {
  std::string layer;
  std::string backend;
  std::string kernel{};           ///< where the backend tells
  std::optional<double> share{};  ///< of an inference's time, 0..1, where it could be measured
};

/// A backend that a model does without because its answers were wrong.
struct QuarantinedBackend {
  std::string backend;
  std::string reason;
};

struct ModelDescription {
  std::string model;
  std::vector<std::int64_t> versions;  ///< ready ones, ascending
  std::int64_t version = 0;            ///< the described one
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  ModelOptions options;  ///< max_batch is what the loaded model can do, not what was asked
  std::vector<LayerPlacement> placement;
  std::string execution;            ///< how requests reach the kernels, for people
  std::vector<std::string> checks;  ///< what the answers were compared with at load, for people
  std::vector<QuarantinedBackend> quarantined;
  std::uint64_t file_bytes = 0;
};

struct DurationStat {
  std::uint64_t count = 0;
  std::chrono::nanoseconds total{};
};

/// Since the version was loaded.
struct ModelStatistics {
  std::string model;
  std::int64_t version = 0;
  std::uint64_t last_inference_ms = 0;  ///< Unix time, 0: never
  std::uint64_t inference_count = 0;    ///< rows
  std::uint64_t execution_count = 0;    ///< batches
  std::uint32_t queue_depth = 0;        ///< requests that wait now
  DurationStat success, fail, queue, compute_input, compute_infer, compute_output;
  struct Batch {
    std::uint32_t size = 0;
    DurationStat compute_input, compute_infer, compute_output;
  };
  std::vector<Batch> batches;
};

/// What executes the models.
struct EngineInfo {
  std::string version;                ///< e.g. "22.0.0" of Arm NN; "stub"
  std::vector<std::string> backends;  ///< in order of preference
};

/// The models of one repository and the threads that run them. All methods are thread-safe. Loads
/// and unloads are serialised and block the caller; Submit never blocks.
class Server {
 public:
  /// Reads the repository and loads what the options say. A model that fails to load does not fail
  /// Create: it is in the index with its reason, an event and a metric. Errors: kNotFound
  /// (repository), kFailedPrecondition (no backend).
  static Outcome<std::unique_ptr<Server>> Create(ServerOptions options, metrics::Registry& metrics,
                                                 events::EventBus& events);
  virtual ~Server() = default;

  /// Validates against the model and queues. `request.done` is called exactly once, also on
  /// refusal. Codes: kNotFound (model, version), kUnavailable (known but not ready, or draining),
  /// kInvalidArgument (names, types, shapes, sizes), kResourceExhausted (queue full),
  /// kDeadlineExceeded, kCancelled, kInternal (engine).
  virtual void Submit(Request request) = 0;

  /// (Re)loads a model from disk under its version policy. On failure what served before goes on
  /// serving. Requests in flight finish on the version that accepted them. Errors: kNotFound,
  /// kInvalidArgument (file or config.toml, with reason), kFailedPrecondition (Arm NN refuses it).
  virtual Outcome<void> Load(const std::string& model) = 0;
  /// Stops accepting, drains, frees. Errors: kNotFound.
  virtual Outcome<void> Unload(const std::string& model) = 0;
  /// Checks the model file as Load would, without serving it. Errors as Load.
  virtual Outcome<void> Check(std::vector<std::uint8_t> model_file) = 0;

  virtual bool Ready() const = 0;  ///< start-up loads are done and it is not draining
  virtual bool ModelReady(const std::string& model, std::int64_t version) const = 0;
  virtual std::vector<IndexEntry> Index() const = 0;
  /// Errors: kNotFound, kUnavailable. version 0: the newest ready one.
  virtual Outcome<ModelDescription> Describe(const std::string& model,
                                             std::int64_t version) const = 0;
  /// All ready versions of `model`, of every model when it is empty. version 0: all. Errors:
  /// kNotFound.
  virtual Outcome<std::vector<ModelStatistics>> Statistics(const std::string& model,
                                                           std::int64_t version) const = 0;
  /// When the batch began that a worker has been executing and answering for longest; nothing while
  /// none is. One that is very old is stuck. Cheap.
  virtual std::optional<SteadyTime> OldestRunning() const = 0;
  virtual EngineInfo engine() const = 0;
  virtual const std::filesystem::path& repository() const = 0;
  virtual std::uint64_t max_model_bytes() const = 0;

  /// Refuses new requests, waits for those accepted until `bound`, answers those that still wait
  /// with kUnavailable and returns how many. What an engine executes then is still answered with
  /// its result, at the latest in the destructor.
  virtual std::size_t Drain(std::chrono::milliseconds bound) = 0;
};

}  // namespace tinyfog::inference
