#include "watchdog.h"

#include <utility>

namespace tinyfog::app {

Watchdog::Watchdog(std::vector<Part> parts, metrics::Registry& registry) {
  for (Part& part : parts) {
    auto& gauge = registry.GetGauge("tinyfog_watchdog_stuck", "1 while a part makes no progress",
                                    {{"part", part.name}});
    watched_.push_back({std::move(part), gauge});
  }
}

Watchdog::Verdict Watchdog::Look(Time now, std::chrono::milliseconds bound) {
  Verdict verdict;
  for (const Watched& watched : watched_) {
    const auto since = watched.part.waiting_since();
    const bool stuck = since && now - *since > bound;
    watched.gauge.Set(stuck ? 1 : 0);
    if (stuck) verdict.stuck.push_back(watched.part.name);
  }
  verdict.changed = verdict.stuck != stuck_;
  stuck_ = verdict.stuck;
  return verdict;
}

}  // namespace tinyfog::app
