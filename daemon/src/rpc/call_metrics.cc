#include "call_metrics.h"

namespace tinyfog::rpc {
namespace {

constexpr std::array<const char*, kMethods> kNames = {
    "ServerLive",      "ServerReady",     "ModelReady",          "ServerMetadata",
    "ModelMetadata",   "ModelInfer",      "ModelStreamInfer",    "ModelConfig",
    "ModelStatistics", "RepositoryIndex", "RepositoryModelLoad", "RepositoryModelUnload",
    "unsupported",     "GetStatus",       "WatchEvents",         "PushModel",
    "ListNodes",       "GetNode",         "WatchNodes",          "SetNode",
    "RemoveNode",      "PushArtifact",    "ListArtifacts",       "GetArtifact",
    "VerifyArtifact",  "RemoveArtifact",
};

}  // namespace

CallMetrics::CallMetrics(metrics::Registry& registry) : registry_(registry) {
  for (std::size_t i = 0; i < kMethods; ++i) {
    seconds_[i] = &registry.GetHistogram(
        "tinyfog_grpc_request_seconds", "Time from a gRPC request's arrival to its answer",
        {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5},
        {{"method", kNames[i]}});
  }
}

void CallMetrics::Done(Method method, Status code, inference::SteadyTime started) {
  const auto m = static_cast<std::size_t>(method);
  const auto c = static_cast<std::size_t>(code) < kCodes
                     ? static_cast<std::size_t>(code)
                     : static_cast<std::size_t>(Status::kUnknown);
  std::atomic<metrics::Counter*>& slot = requests_[m][c];
  metrics::Counter* counter = slot.load(std::memory_order_acquire);
  if (counter == nullptr) {
    counter = &registry_.GetCounter(
        "tinyfog_grpc_requests_total", "gRPC requests answered, by method and status code",
        {{"method", kNames[m]}, {"code", StatusName(static_cast<Status>(c))}});
    slot.store(counter, std::memory_order_release);
  }
  counter->Increment();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - started;
  seconds_[m]->Observe(seconds.count());
}

metrics::Gauge& CallMetrics::ActiveStreams(Method method) {
  return registry_.GetGauge("tinyfog_grpc_streams_active", "gRPC streams that are open",
                            {{"method", kNames[static_cast<std::size_t>(method)]}});
}

void CallMetrics::PushDone(const std::string& outcome) {
  registry_
      .GetCounter("tinyfog_model_pushes_total", "Model uploads that ended, by outcome",
                  {{"outcome", outcome}})
      .Increment();
}

}  // namespace tinyfog::rpc
