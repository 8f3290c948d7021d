#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "client.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tinyfog/host/file.h"
#include "tinyfog/v1/artifacts.grpc.pb.h"
#include "tinyfog/v1/fleet.grpc.pb.h"
#include "tinyfog/v1/gateway.grpc.pb.h"
#include "tinyfog/v1/models.grpc.pb.h"

namespace tinyfog::ctl {
namespace {

constexpr std::size_t kChunk = 256 << 10;
constexpr std::chrono::milliseconds kLongestConnect{10'000};
constexpr int kLargestAnswer = 256 << 20;

Outcome<std::string> ReadPem(const std::string& path) {
  if (path.empty()) return std::string();
  TINYFOG_TRY_ASSIGN(const auto bytes, ReadFile(path, 1 << 20));
  return std::string(bytes.begin(), bytes.end());
}

Outcome<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const TlsOptions& tls) {
  if (tls.ca_file.empty() && tls.cert_file.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  TINYFOG_TRY_ASSIGN(options.pem_root_certs, ReadPem(tls.ca_file));
  TINYFOG_TRY_ASSIGN(options.pem_cert_chain, ReadPem(tls.cert_file));
  TINYFOG_TRY_ASSIGN(options.pem_private_key, ReadPem(tls.key_file));
  return grpc::SslCredentials(options);
}

Failure Unreachable(const Client::Settings& settings, std::string why) {
  const std::string wordy = "last error: ";  // gRPC's own preamble says nothing more
  if (const auto at = why.find(wordy); at != std::string::npos) why.erase(0, at + wordy.size());
  const bool unix_socket = settings.address.unix_socket;
  const bool tls = !settings.tls.ca_file.empty() || !settings.tls.cert_file.empty();
  std::string hint =
      "Is tinyfogd running? Start it (deploy/quickstart, systemctl start tinyfogd), or ";
  hint += "name the gateway with --server or TINYFOG_SERVER";
  if (!unix_socket && !tls) hint += "; a gateway that speaks TLS needs --tls-ca";
  if (tls) hint += "; check that the certificates fit and that the gateway speaks TLS";
  return {ExitCode::kUnreachable,
          Unavailable("no gateway answers at " + settings.address.text + " (" + why + ")"),
          hint + "."};
}

Failure FromStatus(const grpc::Status& status) {
  const auto code = static_cast<Status>(status.error_code());
  if (code == Status::kDeadlineExceeded) {
    return {ExitCode::kTimeout,
            {code, "the gateway did not answer in time"},
            "A longer --timeout may help."};
  }
  std::string hint;
  if (code == Status::kUnimplemented) hint = "Is this a Tinyfog gateway, and of this version?";
  return {ExitCode::kFailed, {code, status.error_message()}, hint};
}

std::string VersionText(std::int64_t version) {
  return version == 0 ? "" : std::to_string(version);
}

}  // namespace

struct Client::Channel {
  Settings settings;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::Gateway::Stub> gateway;
  std::unique_ptr<v1::Models::Stub> models;
  std::unique_ptr<v1::Fleet::Stub> nodes;
  std::unique_ptr<v1::Artifacts::Stub> artifacts;
  std::unique_ptr<::inference::GRPCInferenceService::Stub> inference;
  std::mutex mutex;
  grpc::ClientContext* watching = nullptr;  // guarded by mutex
  bool cancelled = false;                   // guarded by mutex

  // One unary call: method(stub, context, request, answer).
  template <class Reply, class Request, class Stub>
  Answer<Reply> Call(Stub& stub,
                     grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                     const Request& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + settings.timeout);
    Reply reply;
    const grpc::Status status = (stub.*method)(&context, request, &reply);
    if (!status.ok()) return Lost(status);
    return reply;
  }

  // Calls `on_message` for each message of the stream that `open` starts, until it returns false or
  // Cancel is called.
  template <class Message>
  Done Follow(
      const std::function<std::unique_ptr<grpc::ClientReader<Message>>(grpc::ClientContext&)>& open,
      const std::function<bool(const Message&)>& on_message,
      std::optional<std::chrono::milliseconds> bound) {
    grpc::ClientContext context;
    if (bound) context.set_deadline(std::chrono::system_clock::now() + *bound);
    {
      const std::lock_guard lock(mutex);
      if (cancelled) return {};
      watching = &context;
    }
    const auto stream = open(context);
    Message message;
    bool wanted = true;
    while (wanted && stream->Read(&message)) wanted = on_message(message);
    if (!wanted) context.TryCancel();
    const grpc::Status status = stream->Finish();
    const std::lock_guard lock(mutex);
    watching = nullptr;
    if (!wanted || cancelled) return {};
    if (status.ok()) {
      return Unexpected(
          Failure{ExitCode::kUnreachable,
                  Unavailable("the gateway ended the stream of events: it is stopping"), ""});
    }
    return Unexpected(Lost(status));
  }

  // One upload: start(stub, context) gives its stream.
  template <class Request, class Progress, class Stub>
  Answer<typename Progress::Done> Upload(
      Stub& stub,
      std::unique_ptr<grpc::ClientReaderWriter<Request, Progress>> (Stub::*start)(
          grpc::ClientContext*),
      const typename Request::Begin& begin, const std::vector<std::uint8_t>& file,
      const Client::Progress& progress) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + settings.push_timeout);
    const auto stream = (stub.*start)(&context);
    std::thread writer([&] {
      Request request;
      *request.mutable_begin() = begin;
      bool open = stream->Write(request);
      for (std::size_t at = 0; open && at < file.size(); at += kChunk) {
        request.set_chunk(file.data() + at, std::min(kChunk, file.size() - at));
        open = stream->Write(request);
      }
      stream->WritesDone();
    });
    Progress answer;
    std::optional<typename Progress::Done> done;
    while (stream->Read(&answer)) {
      progress(answer.received(), answer.size());
      if (answer.has_done()) done = answer.done();
    }
    writer.join();
    const grpc::Status status = stream->Finish();
    if (!status.ok()) return Unexpected(Lost(status));
    if (done) return *done;
    return Unexpected(
        Failure{ExitCode::kFailed,
                Internal("the gateway ended the upload without saying that it is done"), ""});
  }

  // A gateway that went away in the middle of a call is unreachable, one that says "unavailable"
  // itself (a model that is not ready) has answered.
  Failure Lost(const grpc::Status& status) {
    const bool gone = status.error_code() == grpc::StatusCode::UNAVAILABLE &&
                      channel->GetState(false) != GRPC_CHANNEL_READY;
    return gone ? Unreachable(settings, status.error_message()) : FromStatus(status);
  }
};

Client::Client(std::unique_ptr<Channel> channel) : channel_(std::move(channel)) {}
Client::~Client() = default;

Answer<std::unique_ptr<Client>> Client::Connect(Settings settings) {
  auto credentials = Credentials(settings.address.unix_socket ? TlsOptions() : settings.tls);
  // What matters to the caller is in the calls' status; GRPC_VERBOSITY brings gRPC's own log back.
  if (std::getenv("GRPC_VERBOSITY") == nullptr) {
    gpr_set_log_function([](gpr_log_func_args*) {});
  }
  if (!credentials.ok()) return Unexpected(LocalFailure(std::move(credentials).error()));
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kLargestAnswer);
  arguments.SetMaxSendMessageSize(kLargestAnswer);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Each run is one caller: a connection of its own, not one that a failure slowed down.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  auto c = std::make_unique<Channel>();
  c->channel = grpc::CreateCustomChannel(settings.address.target, *credentials, arguments);
  c->gateway = v1::Gateway::NewStub(c->channel);
  c->models = v1::Models::NewStub(c->channel);
  c->nodes = v1::Fleet::NewStub(c->channel);
  c->artifacts = v1::Artifacts::NewStub(c->channel);
  c->inference = ::inference::GRPCInferenceService::NewStub(c->channel);
  c->settings = std::move(settings);

  const auto deadline =
      std::chrono::system_clock::now() + std::min(c->settings.timeout, kLongestConnect);
  for (auto state = c->channel->GetState(true); state != GRPC_CHANNEL_READY;
       state = c->channel->GetState(true)) {
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      // A call on the failed channel fails at once and says why.
      const auto reason =
          c->Call(*c->gateway, &v1::Gateway::Stub::GetStatus, v1::GetStatusRequest());
      if (reason.ok()) break;
      if (reason.error().exit == ExitCode::kUnreachable) return Unexpected(reason.error());
      return Unexpected(Unreachable(c->settings, reason.error().error.message));
    }
    if (!c->channel->WaitForStateChange(state, deadline)) {
      return Unexpected(Unreachable(c->settings, "no connection in time"));
    }
  }
  return std::unique_ptr<Client>(new Client(std::move(c)));
}

Answer<v1::GatewayStatus> Client::Status() {
  return channel_->Call(*channel_->gateway, &v1::Gateway::Stub::GetStatus, v1::GetStatusRequest());
}

Answer<::inference::RepositoryIndexResponse> Client::Index() {
  return channel_->Call(*channel_->inference,
                        &::inference::GRPCInferenceService::Stub::RepositoryIndex,
                        ::inference::RepositoryIndexRequest());
}

Answer<::inference::ModelMetadataResponse> Client::Metadata(const std::string& model,
                                                            std::int64_t version) {
  ::inference::ModelMetadataRequest request;
  request.set_name(model);
  request.set_version(VersionText(version));
  return channel_->Call(*channel_->inference,
                        &::inference::GRPCInferenceService::Stub::ModelMetadata, request);
}

Answer<::inference::ModelConfig> Client::Config(const std::string& model, std::int64_t version) {
  ::inference::ModelConfigRequest request;
  request.set_name(model);
  request.set_version(VersionText(version));
  TINYFOG_TRY_ASSIGN(
      auto response,
      channel_->Call(*channel_->inference, &::inference::GRPCInferenceService::Stub::ModelConfig,
                     request));
  return std::move(*response.mutable_config());
}

Answer<::inference::ModelStatisticsResponse> Client::Statistics(const std::string& model,
                                                                std::int64_t version) {
  ::inference::ModelStatisticsRequest request;
  request.set_name(model);
  request.set_version(VersionText(version));
  return channel_->Call(*channel_->inference,
                        &::inference::GRPCInferenceService::Stub::ModelStatistics, request);
}

Done Client::Load(const std::string& model) {
  ::inference::RepositoryModelLoadRequest request;
  request.set_model_name(model);
  TINYFOG_TRY(channel_->Call(*channel_->inference,
                             &::inference::GRPCInferenceService::Stub::RepositoryModelLoad,
                             request));
  return {};
}

Done Client::Unload(const std::string& model) {
  ::inference::RepositoryModelUnloadRequest request;
  request.set_model_name(model);
  TINYFOG_TRY(channel_->Call(*channel_->inference,
                             &::inference::GRPCInferenceService::Stub::RepositoryModelUnload,
                             request));
  return {};
}

Answer<::inference::ModelInferResponse> Client::Infer(
    const ::inference::ModelInferRequest& request) {
  return channel_->Call(*channel_->inference, &::inference::GRPCInferenceService::Stub::ModelInfer,
                        request);
}

Answer<v1::PushModelProgress::Done> Client::Push(const v1::PushModelRequest::Begin& begin,
                                                 const std::vector<std::uint8_t>& file,
                                                 const Progress& progress) {
  return channel_->Upload(*channel_->models, &v1::Models::Stub::PushModel, begin, file, progress);
}

Answer<v1::PushArtifactProgress::Done> Client::PushArtifact(
    const v1::PushArtifactRequest::Begin& begin, const std::vector<std::uint8_t>& file,
    const Progress& progress) {
  return channel_->Upload(*channel_->artifacts, &v1::Artifacts::Stub::PushArtifact, begin, file,
                          progress);
}

Answer<v1::ListArtifactsResponse> Client::Artifacts() {
  return channel_->Call(*channel_->artifacts, &v1::Artifacts::Stub::ListArtifacts,
                        v1::ListArtifactsRequest());
}

Answer<v1::ArtifactInfo> Client::Artifact(const std::string& reference) {
  v1::ArtifactRequest request;
  request.set_digest(reference);
  return channel_->Call(*channel_->artifacts, &v1::Artifacts::Stub::GetArtifact, request);
}

Answer<v1::ArtifactInfo> Client::VerifyArtifact(const std::string& reference) {
  v1::ArtifactRequest request;
  request.set_digest(reference);
  return channel_->Call(*channel_->artifacts, &v1::Artifacts::Stub::VerifyArtifact, request);
}

Answer<v1::ArtifactInfo> Client::RemoveArtifact(const std::string& reference) {
  v1::ArtifactRequest request;
  request.set_digest(reference);
  return channel_->Call(*channel_->artifacts, &v1::Artifacts::Stub::RemoveArtifact, request);
}

Done Client::Watch(const v1::WatchEventsRequest& request,
                   const std::function<bool(const v1::Event&)>& on_event) {
  return channel_->Follow<v1::Event>(
      [&](grpc::ClientContext& context) {
        return channel_->gateway->WatchEvents(&context, request);
      },
      on_event, std::nullopt);
}

Done Client::WatchNodes(const v1::WatchNodesRequest& request,
                        const std::function<bool(const v1::Node&)>& on_node,
                        std::optional<std::chrono::milliseconds> bound) {
  return channel_->Follow<v1::Node>(
      [&](grpc::ClientContext& context) { return channel_->nodes->WatchNodes(&context, request); },
      on_node, bound);
}

Answer<v1::ListNodesResponse> Client::Nodes(const std::string& prefix) {
  v1::ListNodesRequest request;
  request.set_prefix(prefix);
  return channel_->Call(*channel_->nodes, &v1::Fleet::Stub::ListNodes, request);
}

Answer<v1::Node> Client::Node(const std::string& id) {
  v1::GetNodeRequest request;
  request.set_id(id);
  return channel_->Call(*channel_->nodes, &v1::Fleet::Stub::GetNode, request);
}

Answer<v1::Node> Client::SetNode(const v1::SetNodeRequest& request) {
  return channel_->Call(*channel_->nodes, &v1::Fleet::Stub::SetNode, request);
}

Answer<v1::Node> Client::RemoveNode(const std::string& id) {
  v1::GetNodeRequest request;
  request.set_id(id);
  return channel_->Call(*channel_->nodes, &v1::Fleet::Stub::RemoveNode, request);
}

void Client::Cancel() {
  const std::lock_guard lock(channel_->mutex);
  channel_->cancelled = true;
  if (channel_->watching != nullptr) channel_->watching->TryCancel();
}

const Address& Client::address() const { return channel_->settings.address; }

}  // namespace tinyfog::ctl
