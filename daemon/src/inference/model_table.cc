#include "model_table.h"

#include <algorithm>
#include <mutex>

namespace tinyfog::inference {

ModelTable::ModelTable(metrics::Registry& registry)
    : registry_(registry),
      ready_gauge_(registry.GetGauge("tinyfog_inference_models_ready",
                                     "Model versions that serve requests")),
      unknown_(std::make_unique<ModelMetrics>(registry, ModelMetrics::kUnknownModel)) {}

const ModelTable::Entry* ModelTable::FindEntry(const std::string& model) const {
  const auto it = entries_.find(model);
  return it == entries_.end() ? nullptr : &it->second;
}

Outcome<std::shared_ptr<ServedModel>> ModelTable::Find(const std::string& model,
                                                       std::int64_t version) const {
  const std::shared_lock lock(mutex_);
  const Entry* entry = FindEntry(model);
  const auto name = "model '" + model.substr(0, 100) + "'";
  if (entry == nullptr) return NotFound(name + " is not in the repository or was never loaded");
  const auto& ready = entry->ready;
  if (version == 0 && !ready.empty()) return ready.rbegin()->second;
  if (const auto it = ready.find(version); it != ready.end()) return it->second;
  const auto numbered = version == 0 ? name : name + " version " + std::to_string(version);
  const auto reason = version == 0 && !entry->reasons.empty() ? std::prev(entry->reasons.end())
                                                              : entry->reasons.find(version);
  if (reason != entry->reasons.end()) {
    return Unavailable(numbered + " is not ready: " + reason->second);
  }
  if (version != 0 && !ready.empty()) {
    return NotFound(numbered + " does not serve; the newest that does is " +
                    std::to_string(ready.rbegin()->first));
  }
  return Unavailable(numbered + " is not loaded");
}

ModelMetrics& ModelTable::Know(const std::string& model) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_[model];
  if (!entry.metrics) entry.metrics = std::make_unique<ModelMetrics>(registry_, model);
  return *entry.metrics;
}

ModelMetrics& ModelTable::MetricsOf(const std::string& model) const {
  const std::shared_lock lock(mutex_);
  const Entry* entry = FindEntry(model);
  return entry == nullptr ? *unknown_ : *entry->metrics;
}

void ModelTable::UpdateReady() {
  std::size_t ready = 0;
  for (const auto& [name, entry] : entries_) ready += entry.ready.size();
  ready_gauge_.Set(static_cast<double>(ready));
}

ModelTable::Versions ModelTable::Exchange(const std::string& model, Versions versions) {
  const std::lock_guard lock(mutex_);
  auto& entry = entries_.at(model);
  entry.ready.swap(versions);
  UpdateReady();
  return versions;
}

void ModelTable::SetState(const std::string& model, ModelState state) {
  const std::lock_guard lock(mutex_);
  entries_.at(model).state = state;
}

void ModelTable::SetReason(const std::string& model, std::int64_t version, std::string reason) {
  const std::lock_guard lock(mutex_);
  entries_.at(model).reasons[version] = std::move(reason);
}

void ModelTable::ClearReasons(const std::string& model) {
  const std::lock_guard lock(mutex_);
  entries_.at(model).reasons.clear();
}

std::vector<IndexEntry> ModelTable::Index(
    const std::map<std::string, std::vector<std::int64_t>>& disk) const {
  const std::shared_lock lock(mutex_);
  auto all = disk;
  for (const auto& [name, entry] : entries_) {
    for (const auto& [version, served] : entry.ready) {
      auto& versions = all[name];
      if (std::find(versions.begin(), versions.end(), version) == versions.end()) {
        versions.push_back(version);
      }
    }
  }
  std::vector<IndexEntry> index;
  for (auto& [name, versions] : all) {
    std::sort(versions.begin(), versions.end());
    const Entry* entry = FindEntry(name);
    for (const auto version : versions) {
      IndexEntry line{name, version, ModelState::kUnavailable, "not loaded"};
      if (entry != nullptr) {
        const auto reason = entry->reasons.find(version);
        const bool ready = entry->ready.count(version) > 0;
        line.state = ready ? ModelState::kReady : entry->state;
        if (reason != entry->reasons.end()) {
          line.reason = reason->second;
        } else if (line.state != ModelState::kUnavailable) {
          line.reason.clear();
        } else if (!entry->ready.empty()) {
          line.reason = "not selected by version_policy";
        }
      }
      index.push_back(std::move(line));
    }
  }
  return index;
}

std::vector<std::shared_ptr<ServedModel>> ModelTable::All() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<ServedModel>> all;
  for (const auto& [name, entry] : entries_) {
    for (const auto& [version, served] : entry.ready) all.push_back(served);
  }
  return all;
}

ModelTable::Versions ModelTable::Ready(const std::string& model) const {
  const std::shared_lock lock(mutex_);
  const Entry* entry = FindEntry(model);
  return entry == nullptr ? Versions() : entry->ready;
}

bool ModelTable::Known(const std::string& model) const {
  const std::shared_lock lock(mutex_);
  return FindEntry(model) != nullptr;
}

}  // namespace tinyfog::inference
