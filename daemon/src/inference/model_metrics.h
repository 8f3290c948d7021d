#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

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
  /// What the version that was loaded last does without.
  void SetQuarantined(const std::vector<std::string>& backends);

  metrics::Gauge& queue_depth;
  metrics::Histogram& queue_seconds;
  metrics::Histogram& compute_seconds;
  metrics::Histogram& batch_size;
  metrics::Counter& load_failures;

 private:
  metrics::Registry& registry_;
  const std::string model_;
  std::map<std::string, metrics::Gauge*> quarantined_;  ///< by backend; of those that ever were
  static constexpr std::size_t kSources = 2;
  static constexpr std::size_t kOutcomes = 8;
  std::array<std::array<metrics::Counter*, kOutcomes>, kSources> requests_;
};

/// "mqtt", "grpc".
const char* SourceName(Source source);

}  // namespace tinyfog::inference
