#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "served_model.h"

namespace tinyfog::inference {

/// Which models are known and which versions of them serve. Lookups share a lock that writers hold
/// only to exchange pointers. Thread-safe.
class ModelTable {
 public:
  using Versions = std::map<std::int64_t, std::shared_ptr<ServedModel>>;  // shared: see Find

  explicit ModelTable(metrics::Registry& registry);

  /// The version (0: the newest) or why there is none: kNotFound for models and versions never
  /// seen, kUnavailable for those that do not serve. What is found may be retired meanwhile.
  Outcome<std::shared_ptr<ServedModel>> Find(const std::string& model, std::int64_t version) const;

  /// The metrics of `model`, which becomes known. Only for names from the repository.
  ModelMetrics& Know(const std::string& model);
  /// Those of a known model, else those of the unknown one.
  ModelMetrics& MetricsOf(const std::string& model) const;

  /// Replaces what serves; returns what did before.
  Versions Exchange(const std::string& model, Versions versions);
  /// What the index says of versions that do not serve.
  void SetState(const std::string& model, ModelState state);
  void SetReason(const std::string& model, std::int64_t version, std::string reason);
  void ClearReasons(const std::string& model);

  /// Adds what serves and what is known of it to `disk`, the versions in the repository.
  std::vector<IndexEntry> Index(const std::map<std::string, std::vector<std::int64_t>>& disk) const;
  std::vector<std::shared_ptr<ServedModel>> All() const;
  Versions Ready(const std::string& model) const;
  bool Known(const std::string& model) const;

 private:
  struct Entry {
    std::unique_ptr<ModelMetrics> metrics;
    Versions ready;
    ModelState state = ModelState::kUnavailable;
    std::map<std::int64_t, std::string> reasons;
  };

  const Entry* FindEntry(const std::string& model) const;
  void UpdateReady();

  metrics::Registry& registry_;
  metrics::Gauge& ready_gauge_;
  const std::unique_ptr<ModelMetrics> unknown_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace tinyfog::inference
