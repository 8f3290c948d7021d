#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "server_fixture.h"

namespace tinyfog::rpc {
namespace {

namespace oip = ::inference;
using grpc::StatusCode;
using testing::HasSubstr;

class InferenceServiceTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    Start();
  }

  grpc::Status Infer(const oip::ModelInferRequest& request) {
    return stub_->ModelInfer(Context().get(), request, &response_);
  }

  oip::ModelInferResponse response_;
};

TEST_F(InferenceServiceTest, LiveReadyMetadata) {
  oip::ServerLiveResponse live;
  ASSERT_TRUE(stub_->ServerLive(Context().get(), {}, &live).ok());
  EXPECT_TRUE(live.live());
  oip::ServerReadyResponse ready;
  ASSERT_TRUE(stub_->ServerReady(Context().get(), {}, &ready).ok());
  EXPECT_TRUE(ready.ready());
  oip::ServerMetadataResponse server;
  ASSERT_TRUE(stub_->ServerMetadata(Context().get(), {}, &server).ok());
  EXPECT_EQ(server.name(), "tinyfog");
  EXPECT_FALSE(server.version().empty());
  oip::ModelReadyRequest request;
  oip::ModelReadyResponse model_ready;
  request.set_name("echo");
  ASSERT_TRUE(stub_->ModelReady(Context().get(), request, &model_ready).ok());
  EXPECT_TRUE(model_ready.ready());
  request.set_version("4");
  ASSERT_TRUE(stub_->ModelReady(Context().get(), request, &model_ready).ok());
  EXPECT_FALSE(model_ready.ready());
  request.set_version("x");
  EXPECT_EQ(stub_->ModelReady(Context().get(), request, &model_ready).error_code(),
            StatusCode::INVALID_ARGUMENT);
}

TEST_F(InferenceServiceTest, MetadataConfigStatistics) {
  oip::ModelMetadataRequest metadata_request;
  metadata_request.set_name("echo");
  oip::ModelMetadataResponse metadata;
  ASSERT_TRUE(stub_->ModelMetadata(Context().get(), metadata_request, &metadata).ok());
  EXPECT_EQ(metadata.inputs(0).shape(0), -1);
  metadata_request.set_name("nothing");
  EXPECT_EQ(stub_->ModelMetadata(Context().get(), metadata_request, &metadata).error_code(),
            StatusCode::NOT_FOUND);
  oip::ModelConfigRequest config_request;
  config_request.set_name("echo");
  oip::ModelConfigResponse config;
  ASSERT_TRUE(stub_->ModelConfig(Context().get(), config_request, &config).ok());
  EXPECT_EQ(config.config().max_batch_size(), 8);
  oip::ModelStatisticsResponse statistics;
  ASSERT_TRUE(stub_->ModelStatistics(Context().get(), {}, &statistics).ok());
  EXPECT_EQ(statistics.model_stats(0).inference_count(), 12u);
}

TEST_F(InferenceServiceTest, InfersRaw) {
  const auto status = Infer(EchoRequest("wxyz"));
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.model_name(), "echo");
  EXPECT_EQ(response_.model_version(), "3");
  EXPECT_EQ(response_.id(), "7");
  EXPECT_EQ(response_.outputs(0).name(), "out");
  EXPECT_EQ(response_.raw_output_contents(0), "wxyz");
  EXPECT_THAT(models_->last_client(), HasSubstr("127.0.0.1"));
  EXPECT_TRUE(HasMetric("tinyfog_grpc_requests_total{code=\"OK\",method=\"ModelInfer\"} 1"));
}

TEST_F(InferenceServiceTest, InfersTypedAndAnswersRaw) {
  auto request = EchoRequest();
  request.clear_raw_input_contents();
  for (const int v : {-1, 0, 1, 2}) {
    request.mutable_inputs(0)->mutable_contents()->add_int_contents(v);
  }
  ASSERT_TRUE(Infer(request).ok());
  EXPECT_EQ(response_.raw_output_contents(0), std::string("\xff\x00\x01\x02", 4));
}

TEST_F(InferenceServiceTest, Classifies) {
  auto request = EchoRequest();
  auto& output = *request.add_outputs();
  output.set_name("out");
  (*output.mutable_parameters())["classification"].set_int64_param(1);
  ASSERT_TRUE(Infer(request).ok());
  EXPECT_EQ(response_.outputs(0).datatype(), "BYTES");
  EXPECT_EQ(response_.raw_output_contents(0).substr(4), "100:3");
}

TEST_F(InferenceServiceTest, StatusCodes) {
  const std::pair<const char*, StatusCode> cases[] = {
      {"full", StatusCode::RESOURCE_EXHAUSTED}, {"expired", StatusCode::DEADLINE_EXCEEDED},
      {"loading", StatusCode::UNAVAILABLE},     {"crash", StatusCode::INTERNAL},
      {"wrong", StatusCode::INVALID_ARGUMENT},  {"nothing", StatusCode::NOT_FOUND},
  };
  for (const auto& [model, code] : cases) {
    const auto status = Infer(EchoRequest("abcd", model));
    EXPECT_EQ(status.error_code(), code) << model;
    EXPECT_THAT(status.error_message(), HasSubstr(model));
  }
  auto request = EchoRequest();
  request.mutable_inputs(0)->set_datatype("FLOAT");
  EXPECT_EQ(Infer(request).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(HasMetric("{code=\"NOT_FOUND\",method=\"ModelInfer\"} 1"));
}

TEST_F(InferenceServiceTest, TooLargeMessage) {
  const auto status = Infer(EchoRequest(std::string(17u << 20, 'x')));
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Infer(EchoRequest(std::string(15u << 20, 'x'))).error_code() !=
              StatusCode::UNAVAILABLE);
}

TEST_F(InferenceServiceTest, MalformedMessage) {
  const char kInfer[] = "/inference.GRPCInferenceService/ModelInfer";
  EXPECT_EQ(CallRaw(channel_, kInfer, "\xff\xff\xff\xff\xff"), "");
  EXPECT_NE(CallRaw(channel_, kInfer, EchoRequest().SerializeAsString()), "");
  EXPECT_TRUE(Infer(EchoRequest()).ok());
}

TEST_F(InferenceServiceTest, DeadlineReachesTheModel) {
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(Infer(EchoRequest()).ok());
  ASSERT_TRUE(models_->last_deadline());
  // The wire format rounds long deadlines up.
  EXPECT_LT(*models_->last_deadline(), std::chrono::steady_clock::now() + std::chrono::minutes(2));
  EXPECT_GT(*models_->last_deadline(), before);
  auto request = EchoRequest();
  (*request.mutable_parameters())["timeout"].set_int64_param(1'000'000);
  (*request.mutable_parameters())["priority"].set_uint64_param(1);
  ASSERT_TRUE(Infer(request).ok());
  EXPECT_EQ(models_->last_priority(), 1u);
  EXPECT_LT(*models_->last_deadline(), std::chrono::steady_clock::now() + std::chrono::seconds(1));
  grpc::ClientContext without;
  ASSERT_TRUE(stub_->ModelInfer(&without, EchoRequest(), &response_).ok());
  EXPECT_FALSE(models_->last_deadline());
}

TEST_F(InferenceServiceTest, CancellationReachesTheModel) {
  models_->Hold();
  const auto context = Context();
  auto call = std::async(std::launch::async, [&] {
    return stub_->ModelInfer(context.get(), EchoRequest(), &response_);
  });
  models_->AwaitHeld(1);
  EXPECT_FALSE(models_->cancelled(0));
  context->TryCancel();
  EXPECT_EQ(call.get().error_code(), StatusCode::CANCELLED);
  while (!models_->cancelled(0)) std::this_thread::yield();
  models_->Release();
  EXPECT_TRUE(Infer(EchoRequest()).ok());
}

TEST_F(InferenceServiceTest, DeadlineInTheQueue) {
  models_->Hold();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  EXPECT_EQ(stub_->ModelInfer(&context, EchoRequest(), &response_).error_code(),
            StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(InferenceServiceTest, RepositoryIndex) {
  oip::RepositoryIndexRequest request;
  oip::RepositoryIndexResponse index;
  ASSERT_TRUE(stub_->RepositoryIndex(Context().get(), request, &index).ok());
  ASSERT_EQ(index.models_size(), 2);
  EXPECT_EQ(index.models(0).state(), "READY");
  EXPECT_EQ(index.models(1).state(), "UNAVAILABLE");
  EXPECT_EQ(index.models(1).reason(), "not a model");
  request.set_ready(true);
  ASSERT_TRUE(stub_->RepositoryIndex(Context().get(), request, &index).ok());
  EXPECT_EQ(index.models_size(), 1);
  request.set_repository_name("other");
  EXPECT_EQ(stub_->RepositoryIndex(Context().get(), request, &index).error_code(),
            StatusCode::UNIMPLEMENTED);
}

TEST_F(InferenceServiceTest, LoadAndUnload) {
  oip::RepositoryModelLoadRequest load;
  oip::RepositoryModelLoadResponse loaded;
  load.set_model_name("echo");
  ASSERT_TRUE(stub_->RepositoryModelLoad(Context().get(), load, &loaded).ok());
  EXPECT_THAT(models_->loads(), testing::ElementsAre("echo"));
  models_->FailLoads(FailedPrecondition("Arm NN refuses it"));
  const auto failed = stub_->RepositoryModelLoad(Context().get(), load, &loaded);
  EXPECT_EQ(failed.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(failed.error_message(), "Arm NN refuses it");
  (*load.mutable_parameters())["config"].set_string_param("{}");
  EXPECT_EQ(stub_->RepositoryModelLoad(Context().get(), load, &loaded).error_code(),
            StatusCode::UNIMPLEMENTED);
  load.clear_parameters();
  (*load.mutable_parameters())["file:1/model.tflite"].set_bytes_param("x");
  EXPECT_EQ(stub_->RepositoryModelLoad(Context().get(), load, &loaded).error_code(),
            StatusCode::UNIMPLEMENTED);
  oip::RepositoryModelUnloadRequest unload;
  oip::RepositoryModelUnloadResponse unloaded;
  unload.set_model_name("echo");
  EXPECT_TRUE(stub_->RepositoryModelUnload(Context().get(), unload, &unloaded).ok());
  unload.set_model_name("nothing");
  EXPECT_EQ(stub_->RepositoryModelUnload(Context().get(), unload, &unloaded).error_code(),
            StatusCode::NOT_FOUND);
}

TEST_F(InferenceServiceTest, WhatTritonHasAndWeDoNot) {
  oip::SystemSharedMemoryStatusResponse status;
  EXPECT_TRUE(stub_->SystemSharedMemoryStatus(Context().get(), {}, &status).ok());
  EXPECT_TRUE(status.regions().empty());
  oip::SystemSharedMemoryUnregisterResponse unregistered;
  EXPECT_TRUE(stub_->SystemSharedMemoryUnregister(Context().get(), {}, &unregistered).ok());
  oip::SystemSharedMemoryRegisterResponse registered;
  const auto refused = stub_->SystemSharedMemoryRegister(Context().get(), {}, &registered);
  EXPECT_EQ(refused.error_code(), StatusCode::UNIMPLEMENTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("shared memory"));
  oip::TraceSettingResponse trace;
  EXPECT_EQ(stub_->TraceSetting(Context().get(), {}, &trace).error_code(),
            StatusCode::UNIMPLEMENTED);
  oip::LogSettingsResponse log;
  EXPECT_EQ(stub_->LogSettings(Context().get(), {}, &log).error_code(), StatusCode::UNIMPLEMENTED);
}

TEST_F(InferenceServiceTest, ShutdownFinishesWhatIsInFlight) {
  models_->Hold();
  auto call = std::async(std::launch::async, [&] { return Infer(EchoRequest()); });
  models_->AwaitHeld(1);
  auto shutdown =
      std::async(std::launch::async, [&] { server_->Shutdown(std::chrono::seconds(30)); });
  models_->Release();
  EXPECT_TRUE(call.get().ok());
  shutdown.get();
  EXPECT_EQ(Infer(EchoRequest()).error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(InferenceServiceTest, ShutdownCancelsAfterItsBound) {
  models_->Hold();
  auto call = std::async(std::launch::async, [&] { return Infer(EchoRequest()); });
  models_->AwaitHeld(1);
  server_->Shutdown(std::chrono::milliseconds(10));
  EXPECT_FALSE(call.get().ok());
  server_.reset();
  models_->Release();  // answers for calls that are over must be harmless
}

}  // namespace
}  // namespace tinyfog::rpc
