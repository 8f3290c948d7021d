#pragma once

#include <chrono>
#include <cstdint>

#include "tinyfog/metrics/metrics.h"

namespace tinyfog::app {

/// Memory of this process that is in RAM; 0 where /proc is not there.
std::uint64_t ResidentBytes();

/// The section "Process" of docs/metrics.md. One thread.
class ProcessMetrics {
 public:
  ProcessMetrics(metrics::Registry& registry, std::chrono::steady_clock::time_point started);
  void Update();
  void SetReadyAfter(std::chrono::duration<double> seconds) { ready_after_.Set(seconds.count()); }
  void CountReload(bool ok);

 private:
  const std::chrono::steady_clock::time_point started_;
  metrics::Gauge& resident_;
  metrics::Gauge& cpu_;
  metrics::Gauge& files_;
  metrics::Gauge& threads_;
  metrics::Gauge& uptime_;
  metrics::Gauge& ready_after_;
  metrics::Counter& reload_failures_;
  metrics::Gauge& reload_successful_;
};

}  // namespace tinyfog::app
