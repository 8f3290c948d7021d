// Models that arrive while the daemon runs: hostile files, crashes in the middle, full disks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "gateway.h"
#include "inference_client.h"
#include "tinyfog/v1/models.grpc.pb.h"

namespace tinyfog::testing {
namespace {

using ::testing::HasSubstr;

std::string DemoModel() {
  return Contents(std::filesystem::path(TINYFOG_SOURCE_DIR) /
                  "fleet/demo/models/motor/1/model.tflite");
}

int PartialFiles(const std::filesystem::path& repository) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(repository)) {
    if (entry.path().string().find(".partial") != std::string::npos) ++count;
  }
  return count;
}

TEST(ModelPush, StoresLoadsAndSurvivesARestart) {
  Gateway gateway;
  gateway.Start();
  {
    InferenceClient client(gateway.grpc());
    const auto status = client.Push("pushed", DemoModel());
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_TRUE(client.Ready("pushed"));
    EXPECT_EQ(client.Infer("pushed", std::string(384, '\1')),
              client.Infer("motor", std::string(384, '\1')));
  }
  ASSERT_EQ(gateway.Stop(), 0) << gateway.Log();
  gateway.Start();
  InferenceClient client(gateway.grpc());
  EXPECT_TRUE(client.Ready("pushed"));
}

TEST(ModelPush, HostileFilesAreRefusedAndTheOldVersionServesOn) {
  Gateway gateway;
  gateway.Start();
  InferenceClient client(gateway.unix_target());
  std::string truncated = DemoModel();
  truncated.resize(truncated.size() / 2);
  std::string flipped = DemoModel();
  for (std::size_t i = 40; i < flipped.size(); i += 97) flipped[i] = static_cast<char>(~flipped[i]);
  for (const std::string& file :
       {std::string("not a model"), truncated, flipped, std::string(100'000, '\xff')}) {
    const auto status = client.Push("motor", file);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
    EXPECT_NE(status.error_message(), "");
  }
  for (const std::string name : {"", "..", ".hidden", "a/b", "white space"}) {
    const auto status = client.Push(name, DemoModel());
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << name;
  }
  EXPECT_EQ(gateway.Metric("tinyfog_model_pushes_total", "refused"), 9);
  EXPECT_TRUE(client.Ready("motor"));
  EXPECT_EQ(PartialFiles(gateway.repository()), 0);
}

TEST(ModelPush, AHostileFileInTheRepositoryDoesNotKeepTheRestFromServing) {
  Gateway gateway;
  for (int i = 1; i <= 3; ++i) {
    std::string file = DemoModel();
    if (i == 1) file = "TFL3 but not really";
    if (i == 2) file.resize(file.size() - 1000);
    if (i == 3) file.clear();
    const auto folder = gateway.repository() / ("bad" + std::to_string(i)) / "1";
    std::filesystem::create_directories(folder);
    Store(folder / "model.tflite", file);
  }
  gateway.Start();
  InferenceClient client(gateway.grpc());
  EXPECT_TRUE(client.Ready("motor"));
  grpc::ClientContext context;
  inference::RepositoryIndexRequest request;
  inference::RepositoryIndexResponse index;
  ASSERT_TRUE(client.stub().RepositoryIndex(&context, request, &index).ok());
  int refused = 0;
  for (const auto& model : index.models()) {
    if (!model.name().starts_with("bad")) continue;
    ++refused;
    EXPECT_EQ(model.state(), "UNAVAILABLE");
    EXPECT_NE(model.reason(), "") << model.name();
  }
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(gateway.Metric("tinyfog_inference_model_load_failures_total", "bad"), 3);
  EXPECT_FALSE(client.Load("bad1"));
  EXPECT_EQ(client.status().error_code(), grpc::StatusCode::INVALID_ARGUMENT)
      << client.status().error_message();
}

/// A push of the model "half" whose second half does not come.
std::unique_ptr<grpc::ClientReaderWriter<v1::PushModelRequest, v1::PushModelProgress>> HalfPushed(
    InferenceClient& client, grpc::ClientContext& context) {
  auto stream = client.models().PushModel(&context);
  const std::string file = DemoModel();
  v1::PushModelRequest request;
  request.mutable_begin()->set_model("half");
  request.mutable_begin()->set_size(file.size());
  request.mutable_begin()->set_sha256(Sha256(file));
  request.mutable_begin()->set_load(true);
  EXPECT_TRUE(stream->Write(request));
  request.set_chunk(file.substr(0, file.size() / 2));
  EXPECT_TRUE(stream->Write(request));
  return stream;
}

TEST(ModelPush, AKillInTheMiddleLeavesNothingHalfWritten) {
  Gateway gateway;
  gateway.Start();
  {
    InferenceClient client(gateway.grpc());
    grpc::ClientContext context;
    const auto stream = HalfPushed(client, context);
    ASSERT_TRUE(Eventually([&] { return PartialFiles(gateway.repository()) > 0; }));
    gateway.Kill();
    EXPECT_FALSE(stream->Finish().ok());
  }
  gateway.Start();
  InferenceClient client(gateway.grpc());
  EXPECT_TRUE(client.Ready("motor"));
  EXPECT_FALSE(client.Ready("half"));
  EXPECT_EQ(PartialFiles(gateway.repository()), 0);
  const auto status = client.Push("half", DemoModel());
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST(ModelPush, AClientThatGivesUpInTheMiddleIsCountedAndLeavesNothing) {
  Gateway gateway;
  gateway.Start();
  InferenceClient client(gateway.grpc());
  {
    grpc::ClientContext context;
    const auto stream = HalfPushed(client, context);
    ASSERT_TRUE(Eventually([&] { return PartialFiles(gateway.repository()) > 0; }));
    context.TryCancel();
    EXPECT_FALSE(stream->Finish().ok());
  }
  EXPECT_TRUE(Eventually([&] {
    return gateway.Metric("tinyfog_model_pushes_total", "interrupted") == 1 &&
           PartialFiles(gateway.repository()) == 0;
  })) << gateway.Log();
  EXPECT_FALSE(client.Ready("half"));
  EXPECT_TRUE(client.Ready("motor"));
}

TEST(ModelPush, AFullDiskIsToldAndTheRestWorksOn) {
  Gateway gateway;
  gateway.Start();
  InferenceClient client(gateway.grpc());
  // A limit on file sizes fails a write in its middle, as a full disk does.
  const rlimit small{4096, RLIM_INFINITY};
  ASSERT_EQ(prlimit(gateway.process().pid(), RLIMIT_FSIZE, &small, nullptr), 0);
  const auto full = client.Push("big", DemoModel());
  EXPECT_EQ(full.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << full.error_message();
  EXPECT_EQ(PartialFiles(gateway.repository()), 0);
  EXPECT_FALSE(client.Ready("big"));
  EXPECT_TRUE(client.Ready("motor"));
  EXPECT_GT(gateway.Metric("tinyfog_model_pushes_total", "disk_full"), 0);
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(prlimit(gateway.process().pid(), RLIMIT_FSIZE, &none, nullptr), 0);
  const auto status = client.Push("big", DemoModel());
  EXPECT_TRUE(status.ok()) << status.error_message();
}

}  // namespace
}  // namespace tinyfog::testing
