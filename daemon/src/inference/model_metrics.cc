#include "model_metrics.h"

namespace tinyfog::inference {
namespace {

constexpr std::array<const char*, 8> kOutcomeNames{
    "ok", "invalid", "not_found", "unavailable", "exhausted", "expired", "cancelled", "internal"};

std::size_t OutcomeIndex(Status outcome) {
  switch (outcome) {
    case Status::kOk:
      return 0;
    case Status::kInvalidArgument:
      return 1;
    case Status::kNotFound:
      return 2;
    case Status::kUnavailable:
      return 3;
    case Status::kResourceExhausted:
      return 4;
    case Status::kDeadlineExceeded:
      return 5;
    case Status::kCancelled:
      return 6;
    default:
      return 7;
  }
}

const std::vector<double>& SecondsBounds() {
  static const std::vector<double> bounds{1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4,
                                          1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2,
                                          0.1,  0.25,   0.5,  1,    2.5,    10};
  return bounds;
}

}  // namespace

const char* SourceName(Source source) { return source == Source::kMqtt ? "mqtt" : "grpc"; }

ModelMetrics::ModelMetrics(metrics::Registry& registry, const std::string& model)
    : queue_depth(registry.GetGauge("tinyfog_inference_queue_depth", "Requests that wait",
                                    {{"model", model}})),
      queue_seconds(registry.GetHistogram("tinyfog_inference_queue_seconds",
                                          "From arrival to the start of the batch, per request",
                                          SecondsBounds(), {{"model", model}})),
      compute_seconds(registry.GetHistogram("tinyfog_inference_compute_seconds",
                                            "Time of a batch in the engine", SecondsBounds(),
                                            {{"model", model}})),
      batch_size(registry.GetHistogram("tinyfog_inference_batch_size", "Inferences per batch",
                                       {1, 2, 4, 8, 16, 32, 64}, {{"model", model}})),
      load_failures(registry.GetCounter("tinyfog_inference_model_load_failures_total",
                                        "Loads of a model that failed", {{"model", model}})),
      registry_(registry),
      model_(model) {
  for (std::size_t source = 0; source < kSources; ++source) {
    for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      requests_[source][outcome] = &registry.GetCounter(
          "tinyfog_inference_requests_total", "Answered requests by model, source and outcome",
          {{"model", model},
           {"source", SourceName(static_cast<Source>(source))},
           {"outcome", kOutcomeNames[outcome]}});
    }
  }
}

void ModelMetrics::Count(Source source, Status outcome) {
  requests_[static_cast<std::size_t>(source)][OutcomeIndex(outcome)]->Increment();
}

void ModelMetrics::SetQuarantined(const std::vector<std::string>& backends) {
  for (const auto& [backend, gauge] : quarantined_) gauge->Set(0);
  for (const auto& backend : backends) {
    auto& gauge = quarantined_[backend];
    if (gauge == nullptr) {
      gauge = &registry_.GetGauge("tinyfog_backend_quarantined",
                                  "1 while the model does without a backend that answered wrongly",
                                  {{"model", model_}, {"backend", backend}});
    }
    gauge->Set(1);
  }
}

}  // namespace tinyfog::inference
