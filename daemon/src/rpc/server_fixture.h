#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "fake_server.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tinyfog/events/event_bus.h"
#include "tinyfog/metrics/metrics.h"
#include "tinyfog/rpc/server.h"

namespace tinyfog::rpc {

/// A real gRPC server on a free loopback port over a fake inference server, and a real client.
class ServerFixture : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "rpc-test-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    std::filesystem::create_directory(folder_ / "models");
    models_ = std::make_unique<FakeServer>(folder_ / "models");
    options_.listen = "127.0.0.1:0";
  }

  void TearDown() override {
    models_->Release();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  Outcome<void> TryStart() {
    TINYFOG_TRY_ASSIGN(server_, Server::Start(options_, {*models_, *events_, *metrics_, status_,
                                                         nullptr, artifacts_}));
    return {};
  }

  void Start() {
    const auto started = TryStart();
    ASSERT_TRUE(started.ok()) << started.error().message;
    channel_ =
        Connect("127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials());
    stub_ = ::inference::GRPCInferenceService::NewStub(channel_);
  }

  /// A connection of its own, unlike those that gRPC shares between equal channels.
  static std::shared_ptr<grpc::Channel> Connect(
      const std::string& target, const std::shared_ptr<grpc::ChannelCredentials>& credentials,
      grpc::ChannelArguments arguments = {}) {
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(target, credentials, arguments);
  }

  /// A context whose call ends by itself when a test would hang.
  static std::unique_ptr<grpc::ClientContext> Context() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return context;
  }

  static ::inference::ModelInferRequest EchoRequest(const std::string& bytes = "abcd",
                                                    const std::string& model = "echo") {
    ::inference::ModelInferRequest request;
    request.set_model_name(model);
    request.set_id("7");
    auto& input = *request.add_inputs();
    input.set_name("in");
    input.set_datatype("INT8");
    input.add_shape(1);
    input.add_shape(static_cast<std::int64_t>(bytes.size()));
    request.add_raw_input_contents(bytes);
    return request;
  }

  /// Waits for it: some figures change when the server lets go of a call, after the client knows
  /// its end.
  bool HasMetric(const std::string& line) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (metrics_->Expose().find(line) == std::string::npos) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  /// Sends one message of bytes to a method without its proto; the first answer's bytes, or "".
  static std::string CallRaw(const std::shared_ptr<grpc::Channel>& channel,
                             const std::string& method, const std::string& message) {
    grpc::GenericStub stub(channel);
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    void* tag = nullptr;
    bool ok = false;
    const auto call = stub.PrepareCall(&context, method, &queue);
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    const grpc::Slice slice(message);
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    queue.Next(&tag, &ok);
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    queue.Next(&tag, &ok);
    grpc::Slice bytes;
    if (!ok || !answer.DumpToSingleSlice(&bytes).ok()) return "";
    return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
  }

  std::filesystem::path folder_;
  RpcOptions options_;
  std::unique_ptr<metrics::Registry> metrics_ = metrics::Registry::Create();
  std::unique_ptr<events::EventBus> events_ = events::EventBus::Create();
  std::unique_ptr<FakeServer> models_;
  StatusSource status_;
  ArtifactBacking artifacts_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<::inference::GRPCInferenceService::Stub> stub_;
};

}  // namespace tinyfog::rpc
