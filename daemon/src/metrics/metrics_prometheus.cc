#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "tinyfog/metrics/metrics.h"

namespace tinyfog::metrics {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& c) : counter_(c) {}
  void Increment(double by) override { counter_.Increment(by); }

 private:
  prometheus::Counter& counter_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& g) : gauge_(g) {}
  void Set(double value) override { gauge_.Set(value); }
  void Add(double by) override { gauge_.Increment(by); }

 private:
  prometheus::Gauge& gauge_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& h) : histogram_(h) {}
  void Observe(double value) override { histogram_.Observe(value); }

 private:
  prometheus::Histogram& histogram_;
};

class PrometheusRegistry final : public Registry {
 public:
  Counter& GetCounter(const std::string& name, const std::string& help,
                      const Labels& labels) override {
    const std::lock_guard lock(mutex_);
    return Get(
        counters_, name, labels, [&](const auto& map) -> auto& {
          return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(map);
        });
  }

  Gauge& GetGauge(const std::string& name, const std::string& help, const Labels& labels) override {
    const std::lock_guard lock(mutex_);
    return Get(
        gauges_, name, labels, [&](const auto& map) -> auto& {
          return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(map);
        });
  }

  Histogram& GetHistogram(const std::string& name, const std::string& help,
                          const std::vector<double>& bounds, const Labels& labels) override {
    const std::lock_guard lock(mutex_);
    return Get(
        histograms_, name, labels, [&](const auto& map) -> auto& {
          return prometheus::BuildHistogram()
              .Name(name)
              .Help(help)
              .Register(*registry_)
              .Add(map, bounds);
        });
  }

  std::string Expose() const override {
    return prometheus::TextSerializer().Serialize(registry_->Collect());
  }

  Outcome<int> Listen(const std::string& address) override {
    const std::lock_guard lock(mutex_);
    if (exposer_) return FailedPrecondition("metrics are served already");
    try {
      exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
      exposer_->RegisterCollectable(registry_);
      const auto ports = exposer_->GetListeningPorts();
      if (ports.empty()) return Unavailable("cannot listen on " + address + " for metrics");
      return ports.front();
    } catch (const std::exception& e) {
      exposer_.reset();
      return Unavailable(
          "cannot listen on " + address +
          " for metrics (is the address this machine's and the port free?): " + e.what());
    }
  }

 private:
  using Key = std::pair<std::string, std::map<std::string, std::string>>;

  /// The wrapper of the metric with this name and these labels; `add` registers it the first time.
  template <class Wrapper, class Add>
  static Wrapper& Get(std::map<Key, std::unique_ptr<Wrapper>>& known, const std::string& name,
                      const Labels& labels, Add add) {
    const std::map<std::string, std::string> map(labels.begin(), labels.end());
    auto& wrapper = known[{name, map}];
    if (!wrapper) wrapper = std::make_unique<Wrapper>(add(map));
    return *wrapper;
  }

  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  std::mutex mutex_;
  std::map<Key, std::unique_ptr<PrometheusCounter>> counters_;
  std::map<Key, std::unique_ptr<PrometheusGauge>> gauges_;
  std::map<Key, std::unique_ptr<PrometheusHistogram>> histograms_;
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace

std::unique_ptr<Registry> Registry::Create() { return std::make_unique<PrometheusRegistry>(); }

}  // namespace tinyfog::metrics
