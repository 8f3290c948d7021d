#include "tinyfog/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <sys/stat.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "listen_address.h"
#include "log_grpc.h"
#include "services_grpc.h"
#include "tinyfog/host/file.h"
#include "tinyfog/inference/model_config.h"
#include "tinyfog/log/log.h"
#include "tls_credentials_grpc.h"

namespace tinyfog::rpc {
namespace {

/// What health checks may ask for by name; "" stands for the whole server.
constexpr const char* kServices[] = {"",
                                     "inference.GRPCInferenceService",
                                     "tinyfog.v1.Gateway",
                                     "tinyfog.v1.Models",
                                     "tinyfog.v1.Fleet",
                                     "tinyfog.v1.Artifacts"};

void SetLimits(const RpcOptions& options, grpc::ServerBuilder& builder) {
  using std::chrono::milliseconds;
  builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(options.max_concurrent_streams));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS,
                             static_cast<int>(milliseconds(options.keepalive_time).count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             static_cast<int>(milliseconds(options.keepalive_timeout).count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  // Otherwise a second daemon would share the port silently.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

class GrpcServer final : public Server {
 public:
  GrpcServer(const RpcOptions& options, Backing backing)
      : context_(options, std::move(backing)),
        store_(context_.backing.models.repository(), context_.backing.models.max_model_bytes(),
               {[this](std::vector<std::uint8_t> file) {
                  return context_.backing.models.Check(std::move(file));
                },
                [](const std::string& toml) -> Outcome<void> {
                  TINYFOG_TRY(inference::ParseModelConfig(toml, "config.toml"));
                  return {};
                }}) {
    services_.push_back(CreateInferenceService(context_));
    services_.push_back(CreateGatewayService(context_));
    services_.push_back(CreateModelsService(context_, store_));
    services_.push_back(CreateFleetService(context_));
    services_.push_back(CreateArtifactsService(context_));
  }

  ~GrpcServer() override { Shutdown(std::chrono::milliseconds(0)); }

  Outcome<void> Listen() {
    const RpcOptions& options = context_.options;
    auto credentials = grpc::InsecureServerCredentials();
    if (options.tls) {
      TINYFOG_TRY_ASSIGN(tls_, TlsCredentials::Create(*options.tls));
      credentials = tls_->credentials();
    }
    grpc::ServerBuilder builder;
    SetLimits(options, builder);
    for (const auto& service : services_) builder.RegisterService(service.get());
    if (!options.listen.empty()) builder.AddListeningPort(options.listen, credentials, &port_);
    if (!options.unix_socket.empty()) {
      TINYFOG_TRY(RemoveStaleSocket(options.unix_socket));
      builder.AddListeningPort("unix:" + options.unix_socket.string(),
                               grpc::InsecureServerCredentials());
    }
    server_ = builder.BuildAndStart();
    if (!server_) {
      return Error{Status::kAlreadyExists,
                   "cannot listen on " + options.listen + " " + options.unix_socket.string() +
                       ": the address is in use, or not one of this machine"};
    }
    // Between here and bind only the owner could connect: a fresh socket is writable for nobody
    // else.
    if (!options.unix_socket.empty() && chmod(options.unix_socket.c_str(), 0660) != 0) {
      return SystemError(errno, "cannot set the mode of " + options.unix_socket.string());
    }
    SetHealth(true);
    return {};
  }

  int port() const override { return port_; }

  void SetServing(bool serving) override { SetHealth(serving && !draining_); }

  void BeginDrain() override {
    draining_ = true;
    SetHealth(false);
  }

  Outcome<bool> ReloadTls() override {
    if (!tls_) return false;
    return tls_->Reload();
  }

  void Shutdown(std::chrono::milliseconds bound) override {
    const std::lock_guard lock(shutdown_mutex_);
    if (!server_) return;
    SetHealth(false);
    context_.management.Stop();
    context_.calls.StopAll();
    server_->Shutdown(std::chrono::system_clock::now() + bound);
    server_->Wait();
    server_.reset();
  }

 private:
  void SetHealth(bool serving) {
    auto* health = server_ ? server_->GetHealthCheckService() : nullptr;
    if (health == nullptr) return;
    for (const char* service : kServices) health->SetServingStatus(service, serving);
  }

  ServiceContext context_;
  ModelStore store_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  int port_ = 0;
  std::atomic<bool> draining_{false};
  std::mutex shutdown_mutex_;
  std::unique_ptr<TlsCredentials> tls_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

Outcome<std::unique_ptr<Server>> Server::Start(const RpcOptions& options, Backing backing) {
  TINYFOG_TRY(CheckOptions(options));
  TINYFOG_TRY_ASSIGN(const std::size_t removed, CleanPartialUploads(backing.models.repository()));
  if (removed > 0) log::Info("removed interrupted model uploads", {{"count", removed}});
  RouteGrpcLog();
  // Both plugins are process-wide and idempotent; they must be on before the first builder.
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto server = std::make_unique<GrpcServer>(options, std::move(backing));
  TINYFOG_TRY(server->Listen());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace tinyfog::rpc
