#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "address.h"
#include "exit_code.h"
#include "inference/grpc_service.pb.h"
#include "options.h"
#include "tinyfog/v1/artifacts.pb.h"
#include "tinyfog/v1/fleet.pb.h"
#include "tinyfog/v1/gateway.pb.h"
#include "tinyfog/v1/models.pb.h"

namespace tinyfog::ctl {

template <class T>
using Answer = Result<T, Failure>;

/// A connection to one gateway. Blocking calls, each bounded by the timeout; their failures carry
/// the exit status that belongs to them. Cancel may be called from any thread, the rest from one.
class Client {
 public:
  struct Settings {
    Address address;
    TlsOptions tls;
    std::chrono::milliseconds timeout{30'000};
    std::chrono::milliseconds push_timeout{600'000};
  };

  /// Connects. Errors: kUnreachable (nobody there, or TLS refused), kLocal (TLS files).
  static Answer<std::unique_ptr<Client>> Connect(Settings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Answer<v1::GatewayStatus> Status();
  Answer<::inference::RepositoryIndexResponse> Index();
  Answer<::inference::ModelMetadataResponse> Metadata(const std::string& model,
                                                      std::int64_t version);
  Answer<::inference::ModelConfig> Config(const std::string& model, std::int64_t version);
  Answer<::inference::ModelStatisticsResponse> Statistics(const std::string& model,
                                                          std::int64_t version);
  Done Load(const std::string& model);
  Done Unload(const std::string& model);
  Answer<::inference::ModelInferResponse> Infer(const ::inference::ModelInferRequest& request);

  using Progress = std::function<void(std::uint64_t received, std::uint64_t size)>;
  /// Uploads `file`; `progress` is told what the gateway has received.
  Answer<v1::PushModelProgress::Done> Push(const v1::PushModelRequest::Begin& begin,
                                           const std::vector<std::uint8_t>& file,
                                           const Progress& progress);
  /// The same for an artifact.
  Answer<v1::PushArtifactProgress::Done> PushArtifact(const v1::PushArtifactRequest::Begin& begin,
                                                      const std::vector<std::uint8_t>& file,
                                                      const Progress& progress);
  Answer<v1::ListArtifactsResponse> Artifacts();
  /// `reference`: digest, its first 6 digits or more, or NAME@VERSION.
  Answer<v1::ArtifactInfo> Artifact(const std::string& reference);
  Answer<v1::ArtifactInfo> VerifyArtifact(const std::string& reference);
  Answer<v1::ArtifactInfo> RemoveArtifact(const std::string& reference);

  /// Calls `on_event` for each event until it returns false, Cancel is called (both are success) or
  /// the gateway ends the stream.
  Done Watch(const v1::WatchEventsRequest& request,
             const std::function<bool(const v1::Event&)>& on_event);
  void Cancel();

  Answer<v1::ListNodesResponse> Nodes(const std::string& prefix);
  Answer<v1::Node> Node(const std::string& id);
  Answer<v1::Node> SetNode(const v1::SetNodeRequest& request);
  Answer<v1::Node> RemoveNode(const std::string& id);
  /// As Watch; ends with kTimeout when `bound` has passed, if one is given.
  Done WatchNodes(const v1::WatchNodesRequest& request,
                  const std::function<bool(const v1::Node&)>& on_node,
                  std::optional<std::chrono::milliseconds> bound = std::nullopt);

  const Address& address() const;

 private:
  struct Channel;
  explicit Client(std::unique_ptr<Channel> channel);
  std::unique_ptr<Channel> channel_;
};

}  // namespace tinyfog::ctl
