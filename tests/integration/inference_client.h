#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "inference/grpc_service.grpc.pb.h"
#include "tinyfog/v1/models.grpc.pb.h"

namespace tinyfog::testing {

/// A gRPC client of one gateway, with the calls that the tests need in one line each.
class InferenceClient {
 public:
  /// `target`: "host:port" or "unix:PATH".
  explicit InferenceClient(
      const std::string& target,
      std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials());

  /// Infers with the raw bytes of a model's only input, `rows` of them. The first output's bytes;
  /// an error leaves `status` behind.
  std::string Infer(const std::string& model, const std::string& bytes, int rows = 1);
  const grpc::Status& status() const { return status_; }  ///< of the last call

  inference::ModelMetadataResponse Metadata(const std::string& model);
  bool Load(const std::string& model);
  bool Unload(const std::string& model);
  bool Ready(const std::string& model);

  /// Pushes a whole model file; the RPC's status.
  grpc::Status Push(const std::string& model, const std::string& file, bool load = true,
                    std::int64_t version = 0);

  inference::GRPCInferenceService::Stub& stub() { return *stub_; }
  v1::Models::Stub& models() { return *models_; }

 private:
  std::unique_ptr<inference::GRPCInferenceService::Stub> stub_;
  std::unique_ptr<v1::Models::Stub> models_;
  grpc::Status status_;
};

/// SHA-256 of `bytes`, 32 bytes.
std::string Sha256(const std::string& bytes);

}  // namespace tinyfog::testing
