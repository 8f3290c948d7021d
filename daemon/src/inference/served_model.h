#pragma once

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "backend_check.h"
#include "batch_run.h"
#include "expiry.h"
#include "instance.h"
#include "model_file.h"
#include "model_metrics.h"
#include "request_queue.h"
#include "running.h"
#include "statistics.h"
#include "tinyfog/events/event_bus.h"

namespace tinyfog::inference {

/// Accepted requests that are not answered yet. Thread-safe.
class InFlight {
 public:
  void Add() { count_.fetch_add(1); }
  void Remove();
  /// True when there are none, waiting for that up to `bound`.
  bool WaitForNone(std::chrono::milliseconds bound);

 private:
  std::atomic<std::size_t> count_{0};
  std::mutex mutex_;
  std::condition_variable none_;
};

/// What all models of a server share.
struct ServingContext {
  std::shared_ptr<Engine> engine;  // shared: also held by checks that run
  events::EventBus& events;
  InFlight in_flight;
  Running running;
  std::function<void()> arm_expiry;  ///< something that can expire is waiting
};

/// Answers `request` without a model having seen it, and counts and publishes that. `metrics` may
/// be those of the unknown model.
void Refuse(Request request, std::int64_t version, Error error, ModelMetrics& metrics,
            events::EventBus& events);

/// One version of a model with its queue and its threads. Thread-safe.
class ServedModel {
 public:
  /// Starts the threads, loads the networks in them, proves batching and warms up: returns when it
  /// serves. Errors: kFailedPrecondition (the engine refuses), kInternal (warm-up failed).
  static Outcome<std::shared_ptr<ServedModel>> Load(std::string name, std::int64_t version,
                                                    ModelFile file, ModelOptions options,
                                                    ModelMetrics& metrics, ServingContext& context);
  ~ServedModel();

  /// Validates and queues `request`, or answers it with the reason. False, with `request` as good
  /// as before, when this version was retired meanwhile.
  bool Submit(Request& request);
  /// Refuses new requests, lets the threads finish what waits, joins them and frees the networks.
  void Retire();
  /// Answers what waits with kUnavailable. Returns how many those were.
  std::size_t Abandon();
  /// Answers what has expired or was cancelled; true when there is still something that can.
  bool Sweep();

  ModelDescription Describe() const;
  const std::vector<QuarantinedBackend>& quarantined() const { return choice_.quarantined; }
  ModelStatistics Statistics() const;

 private:
  ServedModel(std::string name, std::int64_t version, ModelFile file, ModelOptions options,
              ModelMetrics& metrics, ServingContext& context);
  Outcome<void> Start();
  Outcome<std::unique_ptr<Instance>> Prepare(bool first);
  Outcome<std::unique_ptr<Instance>> MakeFirst();
  void Work(Instance& instance);
  void AnswerDead(std::vector<PendingPtr>& dead);
  void Answer(Pending& pending, Response response);

  const std::string name_;
  const std::int64_t version_;
  const ModelFile file_;
  ModelOptions options_;  ///< constant once loaded
  ModelMetrics& metrics_;
  ServingContext& context_;
  // Of the first instance; constant once loaded.
  BackendChoice choice_;
  std::vector<LayerPlacement> placement_;
  std::string execution_;
  std::unique_ptr<RequestQueue> queue_;
  StatisticsCounter statistics_;
  std::vector<std::thread> threads_;
};

}  // namespace tinyfog::inference
