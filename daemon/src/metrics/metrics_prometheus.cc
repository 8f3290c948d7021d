#include <arpa/inet.h>
#include <netinet/in.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <thread>
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

/// Connects to the address and closes again. Nothing happens when it is not an IPv4 address.
void Knock(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  (void)!connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  close(fd);
}

class PrometheusRegistry final : public Registry {
 public:
  /// The HTTP server's thread looks every two seconds whether it is to stop, unless somebody
  /// connects.
  ~PrometheusRegistry() override {
    if (!exposer_) return;
    std::atomic<bool> stopped{false};
    std::thread waker([&] {
      while (!stopped) {
        Knock(host_, port_);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
    exposer_.reset();
    stopped = true;
    waker.join();
  }

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
      host_ = address.substr(0, address.rfind(':'));
      port_ = ports.front();
      return port_;
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
  std::string host_;
  int port_ = 0;
};

}  // namespace

std::unique_ptr<Registry> Registry::Create() { return std::make_unique<PrometheusRegistry>(); }

}  // namespace tinyfog::metrics
