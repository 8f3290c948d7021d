#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "inference_client.h"

namespace tinyfog::testing {
namespace {

constexpr std::size_t kChunk = 64 * 1024;

/// Calls end by themselves when a gateway hangs, so that the test fails and not the suite.
void Bound(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
}

}  // namespace

InferenceClient::InferenceClient(const std::string& target,
                                 std::shared_ptr<grpc::ChannelCredentials> credentials) {
  const auto channel = grpc::CreateChannel(target, credentials);
  stub_ = inference::GRPCInferenceService::NewStub(channel);
  models_ = v1::Models::NewStub(channel);
}

inference::ModelMetadataResponse InferenceClient::Metadata(const std::string& model) {
  grpc::ClientContext context;
  Bound(context);
  inference::ModelMetadataRequest request;
  inference::ModelMetadataResponse response;
  request.set_name(model);
  status_ = stub_->ModelMetadata(&context, request, &response);
  return response;
}

std::string InferenceClient::Infer(const std::string& model, const std::string& bytes, int rows) {
  const auto metadata = Metadata(model);
  if (!status_.ok()) return "";
  inference::ModelInferRequest request;
  request.set_model_name(model);
  auto* input = request.add_inputs();
  input->set_name(metadata.inputs(0).name());
  input->set_datatype(metadata.inputs(0).datatype());
  for (const auto dimension : metadata.inputs(0).shape()) {
    input->add_shape(dimension < 0 ? rows : dimension);
  }
  request.add_raw_input_contents(bytes);
  grpc::ClientContext context;
  Bound(context);
  inference::ModelInferResponse response;
  status_ = stub_->ModelInfer(&context, request, &response);
  return response.raw_output_contents_size() > 0 ? response.raw_output_contents(0) : "";
}

bool InferenceClient::Load(const std::string& model) {
  grpc::ClientContext context;
  Bound(context);
  inference::RepositoryModelLoadRequest request;
  inference::RepositoryModelLoadResponse response;
  request.set_model_name(model);
  status_ = stub_->RepositoryModelLoad(&context, request, &response);
  return status_.ok();
}

bool InferenceClient::Unload(const std::string& model) {
  grpc::ClientContext context;
  Bound(context);
  inference::RepositoryModelUnloadRequest request;
  inference::RepositoryModelUnloadResponse response;
  request.set_model_name(model);
  status_ = stub_->RepositoryModelUnload(&context, request, &response);
  return status_.ok();
}

bool InferenceClient::Ready(const std::string& model) {
  grpc::ClientContext context;
  Bound(context);
  inference::ModelReadyRequest request;
  inference::ModelReadyResponse response;
  request.set_name(model);
  status_ = stub_->ModelReady(&context, request, &response);
  return status_.ok() && response.ready();
}

grpc::Status InferenceClient::Push(const std::string& model, const std::string& file, bool load,
                                   std::int64_t version) {
  grpc::ClientContext context;
  Bound(context);
  const auto stream = models_->PushModel(&context);
  v1::PushModelRequest begin;
  begin.mutable_begin()->set_model(model);
  begin.mutable_begin()->set_version(version);
  begin.mutable_begin()->set_size(file.size());
  begin.mutable_begin()->set_sha256(Sha256(file));
  begin.mutable_begin()->set_load(load);
  bool open = stream->Write(begin);
  for (std::size_t at = 0; open && at < file.size(); at += kChunk) {
    v1::PushModelRequest chunk;
    chunk.set_chunk(file.substr(at, kChunk));
    open = stream->Write(chunk);
  }
  stream->WritesDone();
  v1::PushModelProgress progress;
  while (stream->Read(&progress)) {
  }
  status_ = stream->Finish();
  return status_;
}

std::string Sha256(const std::string& bytes) {
  std::string digest(32, '\0');
  EXPECT_EQ(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                       nullptr, EVP_sha256(), nullptr),
            1);
  return digest;
}

}  // namespace tinyfog::testing
