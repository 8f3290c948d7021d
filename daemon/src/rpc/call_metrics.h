#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "tinyfog/base/status.h"
#include "tinyfog/inference/request.h"
#include "tinyfog/metrics/metrics.h"

namespace tinyfog::rpc {

/// Every method that is counted; the names of the calls.
enum class Method : std::uint8_t {
  kServerLive,
  kServerReady,
  kModelReady,
  kServerMetadata,
  kModelMetadata,
  kModelInfer,
  kModelStreamInfer,
  kModelConfig,
  kModelStatistics,
  kRepositoryIndex,
  kRepositoryModelLoad,
  kRepositoryModelUnload,
  kUnsupported,  ///< Triton's shared memory, trace and log calls together
  kGetStatus,
  kWatchEvents,
  kPushModel,
  kListNodes,
  kGetNode,
  kWatchNodes,
  kSetNode,
  kRemoveNode,
  kPushArtifact,
  kListArtifacts,
  kGetArtifact,
  kVerifyArtifact,
  kRemoveArtifact,
};
inline constexpr std::size_t kMethods = 26;

/// The counters and durations of calls. Thread-safe.
class CallMetrics {
 public:
  explicit CallMetrics(metrics::Registry& registry);

  /// A call, or one request on a ModelStreamInfer stream, was answered.
  void Done(Method method, Status code, inference::SteadyTime started);
  /// Streams being open: ModelStreamInfer, WatchEvents, PushModel, PushArtifact.
  metrics::Gauge& ActiveStreams(Method method);
  /// `outcome`: stored, unchanged, refused, disk_full, busy, load_failed, interrupted, failed.
  void PushDone(const std::string& outcome);

 private:
  static constexpr std::size_t kCodes = 17;

  metrics::Registry& registry_;
  std::array<metrics::Histogram*, kMethods> seconds_;
  /// Filled at first use, so that only combinations that occurred are exposed.
  std::array<std::array<std::atomic<metrics::Counter*>, kCodes>, kMethods> requests_{};
};

}  // namespace tinyfog::rpc
