#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "tinyfog/base/status.h"
#include "tinyfog/inference/request.h"
#include "tinyfog/metrics/metrics.h"

namespace tinyfog::inference {

/// The metrics of one model name, looked up once. Thread-safe; lives as long as the registry.
class ModelMetrics {
 public:
  /// Refused requests for models that are not in the repository share one: names from outside
  /// must not make labels.
  static constexpr const char* kUnknownModel = "(unknown)";

  ModelMetrics(metrics::Registry& registry, const std::string& model);

  void Count(Source source, Status outcome);

  metrics::Gauge& queue_depth;
  metrics::Histogram& queue_seconds;
  metrics::Histogram& compute_seconds;
  metrics::Histogram& batch_size;
  metrics::Counter& load_failures;

 private:
  static constexpr std::size_t kSources = 2;
  static constexpr std::size_t kOutcomes = 8;
  std::array<std::array<metrics::Counter*, kOutcomes>, kSources> requests_;
};

/// "mqtt", "grpc".
const char* SourceName(Source source);

}  // namespace tinyfog::inference
