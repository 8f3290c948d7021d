#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data_folder.h"
#include "endpoints.h"
#include "notifier.h"
#include "process_metrics.h"
#include "tinyfog/artifact/store.h"
#include "tinyfog/config/config.h"
#include "tinyfog/events/event_bus.h"
#include "tinyfog/fleet/fleet.h"
#include "tinyfog/inference/server.h"
#include "tinyfog/loop/event_loop.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/mqtt_gateway/gateway.h"
#include "tinyfog/mqtt_gateway/private_broker.h"
#include "tinyfog/rpc/server.h"
#include "watchdog.h"

namespace tinyfog::app {

/// What a daemon is started with.
struct Setup {
  config::Config config;       ///< as loaded; `data` overridden by --data
  std::filesystem::path file;  ///< read again at SIGHUP; empty: none
  std::filesystem::path data;  ///< --data; empty: none
  std::chrono::steady_clock::time_point started;
};

/// All parts of the gateway. Every method runs on the thread that created it.
class Daemon {
 public:
  Daemon(Setup setup, const Notifier& notifier);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Brings the parts up in order and tells where they are. Errors: of the part that failed, with
  /// what to do.
  Outcome<void> Start();
  /// Serves until SIGTERM or SIGINT, then stops: no new work, accepted work finished within the
  /// drain bound. A second signal ends the process at once.
  void Run();

 private:
  Outcome<void> StartMetrics();
  Outcome<void> StartInference();
  Outcome<void> StartArtifacts();
  Outcome<void> StartMqtt();
  Outcome<void> StartFleet();
  Outcome<void> StartGrpc();
  void AwaitPrivateBroker() const;
  Outcome<void> Announce();
  void StartWatchdog();
  void Beat();
  bool EverythingMoves();
  void Reload();
  bool ReloadTls();
  void Stop();
  void Tell(const std::string& text);
  std::string Summary() const;
  void Complete(v1::GatewayStatus& status) const;  ///< gRPC threads

  const Setup setup_;
  config::Config as_loaded_;  ///< what runs, before Resolve
  config::Config config_;     ///< what runs
  const Notifier& notifier_;
  const std::chrono::system_clock::time_point wall_start_ = std::chrono::system_clock::now();
  Endpoints endpoints_;

  // Destroyed in the reverse order: whoever uses a part comes after it.
  std::unique_ptr<DataFolder> data_;
  std::unique_ptr<EndpointsFile> endpoints_file_;
  std::unique_ptr<loop::EventLoop> loop_;
  std::unique_ptr<metrics::Registry> metrics_;
  std::unique_ptr<events::EventBus> events_;
  std::unique_ptr<ProcessMetrics> process_;
  std::unique_ptr<artifact::Store> artifacts_;
  std::unique_ptr<mqtt_gateway::PrivateBroker> broker_;
  std::unique_ptr<inference::Server> server_;
  std::unique_ptr<mqtt_gateway::Gateway> gateway_;
  std::unique_ptr<fleet::Fleet> fleet_;
  std::unique_ptr<rpc::Server> rpc_;
  std::unique_ptr<Watchdog> watchdog_;
  std::vector<std::unique_ptr<loop::Registration>> registrations_;
};

}  // namespace tinyfog::app
