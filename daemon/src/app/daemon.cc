#include "daemon.h"

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>

#include "tinyfog/log/log.h"
#include "trusted_keys.h"

namespace tinyfog::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBrokerBound{10'000};
constexpr milliseconds kBeat{5'000};
constexpr milliseconds kDisconnectBound{2'000};

std::string Join(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

Daemon::Daemon(Setup setup, const Notifier& notifier)
    : setup_(std::move(setup)),
      as_loaded_(setup_.config),
      config_(config::Resolve(as_loaded_)),
      notifier_(notifier),
      loop_(loop::EventLoop::Create()),
      metrics_(metrics::Registry::Create()),
      events_(events::EventBus::Create()) {}

Daemon::~Daemon() = default;

Outcome<void> Daemon::Start() {
  TINYFOG_TRY_ASSIGN(data_, DataFolder::Open(config_.data));
  endpoints_file_ = std::make_unique<EndpointsFile>(config_.data);
  TINYFOG_TRY(StartMetrics());
  TINYFOG_TRY(StartInference());
  TINYFOG_TRY(StartArtifacts());
  TINYFOG_TRY(StartMqtt());
  TINYFOG_TRY(StartFleet());
  TINYFOG_TRY(StartGrpc());
  return Announce();
}

Outcome<void> Daemon::StartMetrics() {
  process_ = std::make_unique<ProcessMetrics>(*metrics_, setup_.started);
  if (config_.metrics_listen.empty()) return {};
  const auto port = metrics_->Listen(config_.metrics_listen);
  if (!port.ok()) return InContext(port.error(), "metrics.listen");
  endpoints_.metrics = WithPort(config_.metrics_listen, *port);
  return {};
}

Outcome<void> Daemon::StartInference() {
  TINYFOG_TRY(CreateFolder(config_.inference.repository));
  notifier_.Status("loading models");
  auto options = config_.inference;
  options.probe_program = "/proc/self/exe";
  auto server = inference::Server::Create(std::move(options), *metrics_, *events_);
  if (!server.ok()) return InContext(server.error(), "inference");
  server_ = std::move(server).value();
  return {};
}

Outcome<void> Daemon::StartArtifacts() {
  artifact::StoreOptions options;
  options.folder = config_.artifacts.folder;
  options.largest_bytes = config_.artifacts.largest_bytes;
  TINYFOG_TRY_ASSIGN(options.trusted, ReadTrustedKeys(config_.artifacts.trusted_keys));
  std::vector<std::string> warnings;
  auto store = artifact::Store::Open(std::move(options), warnings);
  for (const std::string& warning : warnings) log::Warning(warning);
  if (!store.ok()) return InContext(store.error(), "artifacts");
  artifacts_ = std::move(store).value();
  return {};
}

Outcome<void> Daemon::StartMqtt() {
  if (!config_.mqtt.enabled) return {};
  std::string uri = config_.mqtt.uri;
  if (uri.empty()) {
    notifier_.Status("starting the private broker");
    auto broker =
        mqtt_gateway::PrivateBroker::Start(config_.mqtt.broker, *metrics_, *events_, kBrokerBound);
    if (!broker.ok()) {
      return InContext(broker.error(), "private broker (mqtt.uri names none)");
    }
    broker_ = std::move(broker).value();
    uri = broker_->uri();
  }
  auto gateway = mqtt_gateway::Gateway::Create(config_.mqtt, uri, *server_, *metrics_, *events_);
  if (!gateway.ok()) return InContext(gateway.error(), "mqtt");
  gateway_ = std::move(gateway).value();
  gateway_->Start();
  endpoints_.mqtt = uri;
  return {};
}

Outcome<void> Daemon::StartFleet() {
  if (!config_.mqtt.enabled || !config_.fleet.enabled) return {};
  auto fleet =
      fleet::Fleet::Create(config_.fleet, config_.mqtt, endpoints_.mqtt, config_.data / "nodes.db",
                           {*loop_, *artifacts_, *metrics_, *events_});
  if (!fleet.ok()) return InContext(fleet.error(), "fleet");
  fleet_ = std::move(fleet).value();
  fleet_->Start();
  return {};
}

Outcome<void> Daemon::StartGrpc() {
  if (const auto& socket = config_.grpc.unix_socket; !socket.empty()) {
    const auto created = CreateFolder(socket.parent_path());
    if (!created.ok()) return InContext(created.error(), "grpc.unix_socket");
  }
  rpc::Backing backing{*server_,
                       *events_,
                       *metrics_,
                       [this](v1::GatewayStatus& status) { Complete(status); },
                       fleet_.get(),
                       {artifacts_.get(), [this](const wire::Sha256& digest) {
                          return fleet_ && fleet_->IsDesired(digest);
                        }}};
  auto rpc = rpc::Server::Start(config_.grpc, std::move(backing));
  if (!rpc.ok()) return InContext(rpc.error(), "grpc");
  rpc_ = std::move(rpc).value();
  if (!config_.grpc.listen.empty()) {
    endpoints_.grpc = WithPort(config_.grpc.listen, rpc_->port());
  }
  endpoints_.unix_socket = config_.grpc.unix_socket;
  return {};
}

/// With the private broker "ready" promises that requests over MQTT are answered. Another broker
/// may come and go, and gRPC serves without it.
void Daemon::AwaitPrivateBroker() const {
  constexpr milliseconds kLook{5};
  const auto until = std::chrono::steady_clock::now() + kBrokerBound;
  const auto connected = [this] {
    return gateway_->status().state() == v1::Broker::STATE_CONNECTED &&
           (!fleet_ || fleet_->connected());
  };
  while (broker_ && !connected() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(kLook);
  }
}

Outcome<void> Daemon::Announce() {
  AwaitPrivateBroker();
  registrations_.push_back(loop_->OnSignal({SIGTERM, SIGINT}, [this](int signal) {
    log::Info("stopping", {{"signal", signal}, {"drain_ms", config_.drain_timeout.count()}});
    loop_->Stop();
  }));
  registrations_.push_back(loop_->OnSignal({SIGHUP}, [this](int) { Reload(); }));
  StartWatchdog();
  const milliseconds period =
      notifier_.watchdog() ? std::min(kBeat, *notifier_.watchdog() / 2) : kBeat;
  registrations_.push_back(loop_->Every(period, [this] { Beat(); }));

  TINYFOG_TRY(endpoints_file_->Write(endpoints_));
  const auto taken = std::chrono::steady_clock::now() - setup_.started;
  process_->SetReadyAfter(taken);
  log::Info("ready", {{"version", TINYFOG_VERSION},
                      {"grpc", endpoints_.grpc},
                      {"unix", endpoints_.unix_socket},
                      {"mqtt", endpoints_.mqtt},
                      {"metrics", endpoints_.metrics},
                      {"data", config_.data.string()},
                      {"after_ms", std::chrono::duration_cast<milliseconds>(taken).count()}});
  Tell("tinyfogd " TINYFOG_VERSION " is ready");
  notifier_.Ready(Summary());
  return {};
}

void Daemon::Run() {
  loop_->Run();
  Stop();
}

void Daemon::StartWatchdog() {
  std::vector<Watchdog::Part> parts{{"inference", [this] { return server_->OldestRunning(); }}};
  if (gateway_) {
    parts.push_back({"mqtt", [this] { return gateway_->UnansweredSince(); }});
  }
  watchdog_ = std::make_unique<Watchdog>(std::move(parts), *metrics_);
}

/// Runs on the loop and takes the locks of the parts: when the loop, one of them or what it watches
/// hangs, systemd hears nothing and restarts the daemon.
void Daemon::Beat() {
  process_->Update();
  notifier_.Status(Summary());
  if (EverythingMoves()) notifier_.Watchdog();
}

bool Daemon::EverythingMoves() {
  const auto verdict = watchdog_->Look(std::chrono::steady_clock::now(), config_.stuck_after);
  const bool moves = verdict.stuck.empty();
  if (!verdict.changed) return moves;
  rpc_->SetServing(moves);
  if (moves) {
    log::Warning("what was stuck makes progress again");
    Tell("progress again");
  } else {
    log::Error("stuck; the watchdog of systemd, if there is one, restarts the daemon",
               {{"parts", Join(verdict.stuck)}, {"stuck_after_ms", config_.stuck_after.count()}});
    Tell("stuck: " + Join(verdict.stuck));
  }
  return moves;
}

std::string Daemon::Summary() const {
  const auto index = server_->Index();
  const auto ready = std::count_if(index.begin(), index.end(), [](const auto& entry) {
    return entry.state == inference::ModelState::kReady;
  });
  std::string mqtt = "MQTT off";
  if (gateway_) {
    mqtt = gateway_->status().state() == v1::Broker::STATE_CONNECTED ? "MQTT connected"
                                                                     : "MQTT not connected";
  }
  return "serving " + std::to_string(ready) + " of " + std::to_string(index.size()) +
         " model versions, " + mqtt;
}

void Daemon::Tell(const std::string& text) {
  v1::Event event;
  event.set_kind(v1::Event::KIND_DAEMON);
  event.set_text(text);
  events_->Publish(std::move(event));
}

void Daemon::Reload() {
  if (setup_.file.empty()) {  // and so without TLS
    log::Info("nothing to reload: started without --config");
    return;
  }
  notifier_.Reloading();
  auto loaded = config::Load(setup_.file);
  const bool certificates = ReloadTls();
  process_->CountReload(loaded.ok() && certificates);
  if (!loaded.ok()) {
    log::Error("configuration not reloaded, the old one stays in force",
               {{"problems", loaded.error().message}});
    Tell("configuration refused: " + loaded.error().message);
    notifier_.Ready("the configuration file is wrong, the old one is in force");
    return;
  }
  if (!setup_.data.empty()) loaded->data = setup_.data;
  const config::Changes changes = config::Compare(as_loaded_, *loaded);
  // The file was checked: these cannot fail.
  (void)log::SetLevel(loaded->log.level);
  (void)log::SetFormat(loaded->log.format);
  as_loaded_.log = config_.log = loaded->log;
  as_loaded_.drain_timeout = config_.drain_timeout = loaded->drain_timeout;
  as_loaded_.stuck_after = config_.stuck_after = loaded->stuck_after;
  log::Info("configuration reloaded", {{"changed", Join(changes.live)}});
  if (!changes.restart.empty()) {
    log::Warning("changed keys that need a restart of tinyfogd", {{"keys", Join(changes.restart)}});
  }
  Tell("configuration reloaded");
  notifier_.Ready(Summary());
}

/// Certificates are rotated under the names that they have.
bool Daemon::ReloadTls() {
  const auto reloaded = rpc_->ReloadTls();
  if (!reloaded.ok()) {
    log::Error("TLS certificate not reloaded, the old one stays in use",
               {{"section", "grpc.tls"}, {"problem", reloaded.error().message}});
    Tell("TLS certificate refused: " + reloaded.error().message);
  } else if (*reloaded) {
    log::Info("TLS certificate reloaded", {{"section", "grpc.tls"}});
    Tell("TLS certificate reloaded");
  }
  return reloaded.ok();
}

void Daemon::Stop() {
  // Without handlers a second signal has its default effect: the end, at once.
  registrations_.clear();
  notifier_.Stopping();
  endpoints_file_->Remove();
  Tell("tinyfogd is stopping");
  rpc_->BeginDrain();
  if (fleet_) fleet_->Stop(kDisconnectBound);
  if (gateway_) gateway_->Leave();
  const std::size_t dropped = server_->Drain(config_.drain_timeout);
  if (dropped > 0) {
    log::Warning("requests answered UNAVAILABLE at the end of the drain bound",
                 {{"requests", dropped}});
  }
  if (gateway_) gateway_->Stop(kDisconnectBound);
  rpc_->Shutdown(kDisconnectBound);
  log::Info("stopped");
}

void Daemon::Complete(v1::GatewayStatus& status) const {
  status.set_version(TINYFOG_VERSION);
  status.set_site(config_.mqtt.site);
  const auto since = wall_start_.time_since_epoch();
  status.mutable_started()->set_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(since).count());
  if (gateway_) {
    *status.mutable_broker() = gateway_->status();
    status.mutable_broker()->set_private_broker(broker_ != nullptr);
  } else {
    status.mutable_broker()->set_state(v1::Broker::STATE_DISABLED);
  }
  const inference::EngineInfo engine = server_->engine();
  status.set_armnn_version(engine.version);
  for (const std::string& backend : engine.backends) status.add_backends(backend);
  status.set_resident_bytes(ResidentBytes());
  status.set_metrics_address(endpoints_.metrics);
}

}  // namespace tinyfog::app
