#include "tinyfog/inference/server.h"

#include <atomic>
#include <thread>

#include "inference_event.h"
#include "model_probe.h"
#include "model_table.h"
#include "repository.h"
#include "serving.h"
#include "tinyfog/log/log.h"

namespace tinyfog::inference {
namespace {

class RepositoryServer final : public Server {
 public:
  RepositoryServer(ServerOptions options, std::shared_ptr<Engine> engine,
                   metrics::Registry& metrics, events::EventBus& events)
      : options_(std::move(options)),
        repository_(options_.repository, options_.max_model_bytes),
        probe_(options_.probe_program, options_.backends),
        table_(metrics),
        context_{std::move(engine), events, {}, {}, [this] { expiry_.Arm(); }},
        expiry_([this] { return Sweep(); }) {}
  ~RepositoryServer() override {
    draining_.store(true);
    for (const auto& model : table_.All()) {
      model->Abandon();
      model->Retire();
    }
  }

  void LoadAtStart();

  void Submit(Request request) override;
  Outcome<void> Load(const std::string& model) override;
  Outcome<void> Unload(const std::string& model) override;
  Outcome<void> Check(std::vector<std::uint8_t> model_file) override;
  bool Ready() const override { return started_.load() && !draining_.load(); }
  bool ModelReady(const std::string& model, std::int64_t version) const override {
    return table_.Find(model, version).ok();
  }
  std::vector<IndexEntry> Index() const override;
  Outcome<ModelDescription> Describe(const std::string& model, std::int64_t version) const override;
  Outcome<std::vector<ModelStatistics>> Statistics(const std::string& model,
                                                   std::int64_t version) const override;
  std::optional<SteadyTime> OldestRunning() const override { return context_.running.Oldest(); }
  EngineInfo engine() const override { return context_.engine->Info(); }
  const std::filesystem::path& repository() const override { return repository_.root(); }
  std::uint64_t max_model_bytes() const override { return options_.max_model_bytes; }
  std::size_t Drain(std::chrono::milliseconds bound) override;

 private:
  Outcome<ModelTable::Versions> LoadVersions(const std::string& model, ModelMetrics& metrics);
  Outcome<ModelFile> OpenSafely(const std::vector<std::uint8_t>& bytes, std::uint32_t max_batch);
  Outcome<std::shared_ptr<ServedModel>> LoadVersion(const std::string& model, std::int64_t version,
                                                    const ModelOptions& options,
                                                    ModelMetrics& metrics);
  Error LoadFailed(const std::string& model, ModelMetrics& metrics, const Error& error);
  void Announce(const std::string& model, std::int64_t version, ModelState state,
                const std::string& reason = "");
  void AnnounceReady(const std::string& model, const ModelTable::Versions& versions,
                     ModelMetrics& metrics);
  bool Sweep();

  const ServerOptions options_;
  const Repository repository_;
  ModelProbe probe_;
  ModelTable table_;
  ServingContext context_;
  std::mutex loading_;  ///< one load or unload at a time
  std::atomic<bool> started_{false};
  std::atomic<bool> draining_{false};
  Expiry expiry_;  ///< last: its thread uses the others
};

void RepositoryServer::LoadAtStart() {
  const auto models = options_.load_all_at_start ? repository_.Models() : options_.load_at_start;
  for (const auto& model : repository_.Models()) table_.Know(model);
  for (const auto& model : models) {
    if (auto loaded = Load(model); !loaded.ok() && !table_.Known(model)) {
      log::Error("model of the configuration is not there",
                 {{"model", model}, {"reason", loaded.error().message}});
    }
  }
  started_.store(true);
}

void RepositoryServer::Submit(Request request) {
  // A version that was looked up may be retired before the request is in its queue; then its
  // successor is there already.
  for (;;) {
    if (draining_.load(std::memory_order_relaxed)) {
      auto& metrics = table_.MetricsOf(request.model);
      return Refuse(std::move(request), 0, Unavailable("the gateway is shutting down"), metrics,
                    context_.events);
    }
    auto model = table_.Find(request.model, request.version);
    if (!model.ok()) {
      auto& metrics = table_.MetricsOf(request.model);
      return Refuse(std::move(request), 0, std::move(model).error(), metrics, context_.events);
    }
    if ((*model)->Submit(request)) return;
  }
}

void RepositoryServer::Announce(const std::string& model, std::int64_t version, ModelState state,
                                const std::string& reason) {
  log::Info("model", {{"model", model},
                      {"version", version},
                      {"state", ModelStateName(state)},
                      {"reason", reason}});
  context_.events.Publish(ModelEvent(model, version, state, reason));
}

/// Tells of each version that it serves, and what it does without.
void RepositoryServer::AnnounceReady(const std::string& model, const ModelTable::Versions& versions,
                                     ModelMetrics& metrics) {
  std::vector<std::string> quarantined;
  for (const auto& [version, served] : versions) {
    std::string reason;
    for (const auto& [backend, fault] : served->quarantined()) {
      quarantined.push_back(backend);
      reason += (reason.empty() ? "" : "; ") + ("backend " + backend + " is quarantined: " + fault);
      log::Warning(
          "backend answers wrongly and is quarantined for this model",
          {{"model", model}, {"version", version}, {"backend", backend}, {"reason", fault}});
    }
    Announce(model, version, ModelState::kReady, reason);
  }
  metrics.SetQuarantined(quarantined);
}

/// A file that Arm NN does not survive may still be one for CpuTiny.
Outcome<ModelFile> RepositoryServer::OpenSafely(const std::vector<std::uint8_t>& bytes,
                                                std::uint32_t max_batch) {
  TINYFOG_TRY_ASSIGN(ModelFile file, OpenModel(bytes));
  if (!file.only_tiny) {
    const auto safe = probe_.Check(bytes, max_batch);
    if (safe.ok()) return file;
    if (safe.error().code != Status::kInvalidArgument) return safe.error();
    file.only_tiny = safe.error();
  }
  TINYFOG_TRY(BackendsFor(file, *context_.engine));
  if (const auto safe = probe_.CheckTiny(bytes, max_batch); !safe.ok()) {
    return InContext(safe.error(), file.only_tiny->message);
  }
  return file;
}

Outcome<std::shared_ptr<ServedModel>> RepositoryServer::LoadVersion(const std::string& model,
                                                                    std::int64_t version,
                                                                    const ModelOptions& options,
                                                                    ModelMetrics& metrics) {
  auto bytes = repository_.ReadModel(model, version);
  if (!bytes.ok()) return std::move(bytes).error();
  auto file = OpenSafely(*bytes, options.max_batch);
  if (!file.ok()) return std::move(file).error();
  return ServedModel::Load(model, version, std::move(*file), options, metrics, context_);
}

Error RepositoryServer::LoadFailed(const std::string& model, ModelMetrics& metrics,
                                   const Error& error) {
  metrics.load_failures.Increment();
  log::Error("model failed to load", {{"model", model}, {"reason", error.message}});
  return error;
}

Outcome<ModelTable::Versions> RepositoryServer::LoadVersions(const std::string& model,
                                                             ModelMetrics& metrics) {
  const auto on_disk = repository_.Versions(model);
  const auto fail_all = [&](const Error& error) {
    for (const auto version : on_disk) table_.SetReason(model, version, error.message);
    return LoadFailed(model, metrics, error);
  };
  const auto options = repository_.Options(model, options_.model_defaults);
  if (!options.ok()) return fail_all(options.error());
  const auto selected = SelectVersions(options->version_policy, on_disk);
  if (!selected.ok()) return fail_all(selected.error());
  ModelTable::Versions versions;
  for (const auto version : *selected) {
    auto loaded = LoadVersion(model, version, *options, metrics);
    if (!loaded.ok()) {
      const auto error = InContext(loaded.error(), model + " version " + std::to_string(version));
      table_.SetReason(model, version, error.message);
      return LoadFailed(model, metrics, error);
    }
    versions.emplace(version, std::move(*loaded));
  }
  return versions;
}

Outcome<void> RepositoryServer::Load(const std::string& model) {
  const std::lock_guard lock(loading_);
  if (draining_.load()) return Unavailable("the gateway is shutting down");
  if (repository_.Versions(model).empty()) {
    return NotFound("model '" + model.substr(0, 100) +
                    "' has no <version>/model.tflite in the repository " +
                    repository_.root().string());
  }
  auto& metrics = table_.Know(model);
  table_.ClearReasons(model);
  table_.SetState(model, ModelState::kLoading);
  auto versions = LoadVersions(model, metrics);
  table_.SetState(model, ModelState::kUnavailable);
  if (!versions.ok()) {
    const bool serving = !table_.Ready(model).empty();
    context_.events.Publish(ModelEvent(model, 0,
                                       serving ? ModelState::kReady : ModelState::kUnavailable,
                                       versions.error().message));
    return std::move(versions).error();
  }
  const auto loaded = *versions;
  const auto old = table_.Exchange(model, std::move(*versions));
  AnnounceReady(model, loaded, metrics);
  for (const auto& [version, served] : old) {
    served->Retire();
    if (loaded.count(version) == 0) Announce(model, version, ModelState::kUnavailable, "replaced");
  }
  return {};
}

Outcome<void> RepositoryServer::Unload(const std::string& model) {
  const std::lock_guard lock(loading_);
  if (!table_.Known(model)) {
    if (!repository_.Versions(model).empty()) return {};
    return NotFound("model '" + model.substr(0, 100) + "' is not known");
  }
  table_.SetState(model, ModelState::kUnloading);
  const auto old = table_.Exchange(model, {});
  for (const auto& [version, served] : old) served->Retire();
  table_.ClearReasons(model);
  table_.SetState(model, ModelState::kUnavailable);
  for (const auto& [version, served] : old) {
    Announce(model, version, ModelState::kUnavailable, "unloaded");
  }
  return {};
}

Outcome<void> RepositoryServer::Check(std::vector<std::uint8_t> model_file) {
  if (model_file.size() > options_.max_model_bytes) {
    return InvalidArgument("the model is larger than the limit of " +
                           std::to_string(options_.max_model_bytes) + " bytes");
  }
  TINYFOG_TRY_ASSIGN(const ModelFile file,
                     OpenSafely(model_file, options_.model_defaults.max_batch));
  TINYFOG_TRY_ASSIGN(const auto backends, BackendsFor(file, *context_.engine));
  Outcome<void> result;
  // A thread of its own, because networks must stay with one thread.
  std::thread([&] {
    auto instance = Instance::Create(file, *context_.engine, {backends});
    result = instance.ok() ? (*instance)->Warm() : Outcome<void>(instance.error());
  }).join();
  return result;
}

std::vector<IndexEntry> RepositoryServer::Index() const {
  std::map<std::string, std::vector<std::int64_t>> disk;
  for (const auto& model : repository_.Models()) disk[model] = repository_.Versions(model);
  return table_.Index(disk);
}

Outcome<ModelDescription> RepositoryServer::Describe(const std::string& model,
                                                     std::int64_t version) const {
  const auto served = table_.Find(model, version);
  if (!served.ok()) return served.error();
  auto description = (*served)->Describe();
  for (const auto& [ready, other] : table_.Ready(model)) description.versions.push_back(ready);
  return description;
}

Outcome<std::vector<ModelStatistics>> RepositoryServer::Statistics(const std::string& model,
                                                                   std::int64_t version) const {
  std::vector<ModelStatistics> statistics;
  if (model.empty()) {
    for (const auto& served : table_.All()) statistics.push_back(served->Statistics());
    return statistics;
  }
  for (const auto& [number, served] : table_.Ready(model)) {
    if (version == 0 || version == number) statistics.push_back(served->Statistics());
  }
  if (statistics.empty()) {
    return NotFound("no version of model '" + model.substr(0, 100) + "' like that is ready");
  }
  return statistics;
}

bool RepositoryServer::Sweep() {
  bool left = false;
  for (const auto& model : table_.All()) left |= model->Sweep();
  return left;
}

std::size_t RepositoryServer::Drain(std::chrono::milliseconds bound) {
  draining_.store(true);
  if (context_.in_flight.WaitForNone(bound)) return 0;
  std::size_t abandoned = 0;
  for (const auto& model : table_.All()) abandoned += model->Abandon();
  return abandoned;
}

}  // namespace

Outcome<std::unique_ptr<Server>> CreateServer(ServerOptions options, std::shared_ptr<Engine> engine,
                                              metrics::Registry& metrics,
                                              events::EventBus& events) {
  std::error_code error;
  if (!std::filesystem::is_directory(options.repository, error)) {
    return NotFound("the model repository " + options.repository.string() +
                    " is not a folder; create it or set another one");
  }
  auto server =
      std::make_unique<RepositoryServer>(std::move(options), std::move(engine), metrics, events);
  server->LoadAtStart();
  return std::unique_ptr<Server>(std::move(server));
}

Outcome<std::unique_ptr<Server>> Server::Create(ServerOptions options, metrics::Registry& metrics,
                                                events::EventBus& events) {
  std::shared_ptr<Engine> engine;  // shared: see ServingContext
  if (options.engine == EngineKind::kStub) {
    engine = CreateStubEngine();
    options.probe_program.clear();
  } else {
    TINYFOG_TRY_ASSIGN(engine, CreateEngine(options.backends));
  }
  return CreateServer(std::move(options), std::move(engine), metrics, events);
}

}  // namespace tinyfog::inference
