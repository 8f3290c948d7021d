#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tinyfog/host/error.h"
#include "tinyfog/inference/tensor.h"

namespace tinyfog::inference {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Where a request came from; a metrics label ("mqtt", "grpc") and part of every event.
enum class Source : std::uint8_t { kMqtt, kGrpc };

/// Set by whoever lost interest (a cancelled RPC); a cancelled request that has not started is
/// answered kCancelled.
using CancelFlag = std::shared_ptr<std::atomic<bool>>;

struct Timings {
  std::chrono::nanoseconds queue{};    ///< from Submit to the start of its batch
  std::chrono::nanoseconds compute{};  ///< of its batch in the engine
  std::uint32_t batch = 0;             ///< inferences in that batch
};

struct Response {
  Outcome<std::vector<Tensor>>
      outputs;  ///< in the model's order, or as Request::outputs names them
  std::string model;
  std::int64_t version = 0;
  Timings timings;
};

/// One inference request. Movable, not copyable.
struct Request {
  std::string model;
  std::int64_t version = 0;  ///< 0: the newest that is ready
  /// Any order; validated by Submit. An empty name in a request with one input means "the model's
  /// only input". An empty shape means "one inference of the model's shape and type": the tensor's
  /// `type` is then ignored and only its byte size is checked.
  std::vector<Tensor> inputs;
  std::vector<std::string> outputs;  ///< empty: all
  Source source = Source::kGrpc;
  std::string client;  ///< node id or peer, for events and logs
  std::uint32_t priority =
      0;  ///< 0: the model's default; 1 is the highest, larger numbers wait longer
  std::optional<SteadyTime>
      deadline;       ///< past it the request is answered kDeadlineExceeded and never executed
  CancelFlag cancel;  ///< may be null
  /// Called exactly once, on the caller's thread (when Submit refuses) or on an inference thread.
  /// Must not block and must not throw.
  std::function<void(Response)> done;
};

}  // namespace tinyfog::inference
