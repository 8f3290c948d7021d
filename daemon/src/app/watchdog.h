#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tinyfog/metrics/metrics.h"

namespace tinyfog::app {

/// Knows which part of the gateway has stopped to make progress. One thread.
class Watchdog {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Part {
    std::string name;  ///< label of the metric
    /// Since when it owes progress; nothing while it owes none.
    std::function<std::optional<Time>()> waiting_since;
  };

  Watchdog(std::vector<Part> parts, metrics::Registry& registry);

  struct Verdict {
    std::vector<std::string> stuck;  ///< names of the parts
    bool changed = false;            ///< others than at the last look
  };
  /// A part is stuck when it has owed progress for more than `bound` at `now`. Updates the metric
  /// "tinyfog_watchdog_stuck".
  Verdict Look(Time now, std::chrono::milliseconds bound);

 private:
  struct Watched {
    Part part;
    metrics::Gauge& gauge;
  };
  std::vector<Watched> watched_;
  std::vector<std::string> stuck_;
};

}  // namespace tinyfog::app
