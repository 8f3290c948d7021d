#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tinyfog/host/error.h"

namespace tinyfog::metrics {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// A value that only grows. Thread-safe; belongs to its Registry.
class Counter {
 public:
  virtual void Increment(double by = 1) = 0;

 protected:
  ~Counter() = default;
};

/// A value that goes up and down. Thread-safe; belongs to its Registry.
class Gauge {
 public:
  virtual void Set(double value) = 0;
  virtual void Add(double by) = 0;

 protected:
  ~Gauge() = default;
};

/// Counts of observations by upper bound. Thread-safe; belongs to its Registry.
class Histogram {
 public:
  virtual void Observe(double value) = 0;

 protected:
  ~Histogram() = default;
};

/// Every metric of the process. The same name and labels give the same object again, so whoever
/// needs one asks for it once and keeps the reference, which lives as long as the registry. All
/// methods are thread-safe. Names start with "tinyfog_", units are in the name (_seconds, _bytes,
/// _total); docs/metrics.md lists them all.
class Registry {
 public:
  static std::unique_ptr<Registry> Create();
  virtual ~Registry() = default;

  virtual Counter& GetCounter(const std::string& name, const std::string& help,
                              const Labels& labels = {}) = 0;
  virtual Gauge& GetGauge(const std::string& name, const std::string& help,
                          const Labels& labels = {}) = 0;
  /// `bounds`: ascending upper bounds; +Inf is implied.
  virtual Histogram& GetHistogram(const std::string& name, const std::string& help,
                                  const std::vector<double>& bounds, const Labels& labels = {}) = 0;

  /// The text exposition format, as served at /metrics.
  virtual std::string Expose() const = 0;

  /// Serves /metrics by HTTP on "address:port" (port 0: any). Returns the port. Errors:
  /// kUnavailable (address in use).
  virtual Outcome<int> Listen(const std::string& address) = 0;
};

}  // namespace tinyfog::metrics
