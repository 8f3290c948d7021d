#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "tinyfog/artifact/store.h"
#include "tinyfog/events/event_bus.h"
#include "tinyfog/fleet/fleet.h"
#include "tinyfog/host/error.h"
#include "tinyfog/inference/server.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/rpc/options.h"
#include "tinyfog/v1/gateway.pb.h"

namespace tinyfog::rpc {

/// Completes the answer to Gateway.GetStatus: everything but `ready`, `models`, `repository` and
/// the request counters, which are filled from the inference server before the call. Called on gRPC
/// threads, several at once; must not block.
using StatusSource = std::function<void(v1::GatewayStatus&)>;

struct ArtifactBacking {
  artifact::Store* store = nullptr;  ///< null: the gateway keeps no artifacts
  /// Whether nodes are to have it: it cannot be removed then. Any thread. Null: none is.
  std::function<bool(const wire::Sha256& digest)> is_desired;
};

/// What the services work on; all of it must outlive the Server.
struct Backing {
  inference::Server& models;
  events::EventBus& events;
  metrics::Registry& metrics;
  StatusSource status;
  fleet::Fleet* nodes = nullptr;  ///< null: the gateway keeps no nodes
  ArtifactBacking artifacts = {};
};

/// The daemon's gRPC server: inference.GRPCInferenceService, tinyfog.v1.Gateway, tinyfog.v1.Models,
/// tinyfog.v1.Fleet, tinyfog.v1.Artifacts, grpc.health.v1.Health and reflection. All methods are
/// thread-safe.
class Server {
 public:
  /// Listens and serves. Removes what interrupted pushes left in the repository. Errors:
  /// kInvalidArgument (address, options), kFailedPrecondition (plain text beyond loopback; no
  /// listener; unusable certificate or key), kAlreadyExists (address or socket in use), kNotFound
  /// and kPermissionDenied (files).
  static Outcome<std::unique_ptr<Server>> Start(const RpcOptions& options, Backing backing);
  /// Shuts down with a bound of zero if that has not been done.
  virtual ~Server() = default;

  /// The TCP port in use; 0 without TCP.
  virtual int port() const = 0;

  /// Reads the files of RpcOptions::tls again; connections made from now on use what they say.
  /// False: nothing has changed, or there is no TLS. Errors: kNotFound, kPermissionDenied,
  /// kFailedPrecondition (unusable certificate or key); what served before goes on.
  virtual Outcome<bool> ReloadTls() = 0;

  /// What health checks say until BeginDrain or the next call: SERVING, as after Start, or
  /// NOT_SERVING.
  virtual void SetServing(bool serving) = 0;
  /// Answers health checks NOT_SERVING from now on, so that balancers send no more work; everything
  /// else goes on. To be called before the inference server drains.
  virtual void BeginDrain() = 0;

  /// Accepts nothing more, ends event streams and idle inference streams, lets calls in flight
  /// finish until `bound` has passed and cancels the rest. Returns when all are over; calls that
  /// wait for the inference server end at the latest when that has answered them.
  virtual void Shutdown(std::chrono::milliseconds bound) = 0;
};

}  // namespace tinyfog::rpc
