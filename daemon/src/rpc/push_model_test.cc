#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <future>

#include "server_fixture.h"
#include "sha256.h"
#include "tinyfog/host/file.h"
#include "tinyfog/v1/models.grpc.pb.h"

namespace tinyfog::rpc {
namespace {

namespace fs = std::filesystem;
using grpc::StatusCode;
using testing::HasSubstr;
using Stream = grpc::ClientReaderWriter<v1::PushModelRequest, v1::PushModelProgress>;

class PushModelTest : public ServerFixture {
 protected:
  void Open() {
    Start();
    stub_ = v1::Models::NewStub(channel_);
  }

  static v1::PushModelRequest Begin(const std::string& content, bool load = false) {
    Sha256Stream digest;
    digest.Update({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    const Sha256 sha = digest.Finish();
    v1::PushModelRequest request;
    auto& begin = *request.mutable_begin();
    begin.set_model("kws");
    begin.set_size(content.size());
    begin.set_sha256(sha.data(), sha.size());
    begin.set_load(load);
    return request;
  }

  /// Sends `begin` and `content` in pieces; keeps the last progress.
  grpc::Status Push(const v1::PushModelRequest& begin, const std::string& content) {
    const auto context = Context();
    const auto stream = stub_->PushModel(context.get());
    stream->Write(begin);
    constexpr std::size_t kPiece = 100'000;
    for (std::size_t at = 0; at < content.size(); at += kPiece) {
      v1::PushModelRequest chunk;
      chunk.set_chunk(content.substr(at, kPiece));
      if (!stream->Write(chunk)) break;
    }
    stream->WritesDone();
    v1::PushModelProgress progress;
    while (stream->Read(&progress)) last_ = progress;
    return stream->Finish();
  }

  std::string Stored(const std::string& version) const {
    const auto bytes = ReadFile(folder_ / "models/kws" / version / "model.tflite");
    return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "";
  }

  /// A push of the model "model" that has got so far.
  std::unique_ptr<Stream> Begun(grpc::ClientContext& context, const std::string& content) {
    auto stream = stub_->PushModel(&context);
    stream->Write(Begin("model"));
    v1::PushModelRequest chunk;
    chunk.set_chunk(content);
    stream->Write(chunk);
    EXPECT_TRUE(stream->Read(&last_));
    return stream;
  }

  bool RepositoryIsEmpty() const { return fs::is_empty(folder_ / "models"); }

  std::unique_ptr<v1::Models::Stub> stub_;
  v1::PushModelProgress last_;
};

TEST_F(PushModelTest, StoresAndLoads) {
  Open();
  const std::string content(3'000'000, 'm');
  const auto status = Push(Begin(content, true), content);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(last_.received(), content.size());
  EXPECT_EQ(last_.size(), content.size());
  ASSERT_TRUE(last_.has_done());
  EXPECT_EQ(last_.done().version(), 1);
  EXPECT_TRUE(last_.done().loaded());
  EXPECT_FALSE(last_.done().unchanged());
  EXPECT_EQ(Stored("1"), content);
  EXPECT_THAT(models_->loads(), testing::ElementsAre("kws"));
  EXPECT_TRUE(HasMetric("tinyfog_model_pushes_total{outcome=\"stored\"} 1"));
  auto again = Begin(content);
  again.mutable_begin()->set_version(1);
  ASSERT_TRUE(Push(again, content).ok());
  EXPECT_TRUE(last_.done().unchanged());
}

TEST_F(PushModelTest, FailedLoadUndoesThePush) {
  Open();
  models_->FailLoads(FailedPrecondition("operator X is unknown"));
  const auto status = Push(Begin("model", true), "model");
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("operator X is unknown"));
  EXPECT_TRUE(RepositoryIsEmpty());
  EXPECT_TRUE(HasMetric("tinyfog_model_pushes_total{outcome=\"load_failed\"} 1"));
}

TEST_F(PushModelTest, RefusesBadPushes) {
  Open();
  EXPECT_EQ(Push(Begin("model"), "MODEL").error_code(), StatusCode::DATA_LOSS);
  EXPECT_EQ(Push(Begin("model"), "mod").error_code(), StatusCode::DATA_LOSS);
  EXPECT_EQ(Push(Begin("Xmodel"), "Xmodel").error_code(), StatusCode::INVALID_ARGUMENT);
  auto begin = Begin("model");
  begin.mutable_begin()->set_model("../etc");
  EXPECT_EQ(Push(begin, "model").error_code(), StatusCode::INVALID_ARGUMENT);
  begin = Begin("model");
  begin.mutable_begin()->set_config_toml("nonsense = 1");
  EXPECT_EQ(Push(begin, "model").error_code(), StatusCode::INVALID_ARGUMENT);
  begin = Begin("model");
  begin.mutable_begin()->set_size(5u << 20);
  EXPECT_EQ(Push(begin, "model").error_code(), StatusCode::RESOURCE_EXHAUSTED);
  v1::PushModelRequest chunk_first;
  chunk_first.set_chunk("model");
  EXPECT_EQ(Push(chunk_first, "").error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(RepositoryIsEmpty());
  ASSERT_TRUE(Push(Begin("model"), "model").ok());
  begin = Begin("other");
  begin.mutable_begin()->set_version(1);
  EXPECT_EQ(Push(begin, "other").error_code(), StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Stored("1"), "model");
}

TEST_F(PushModelTest, TooLargeChunk) {
  Open();
  const std::string content((1u << 20) + 1, 'x');
  const auto context = Context();
  const auto stream = stub_->PushModel(context.get());
  stream->Write(Begin(content));
  v1::PushModelRequest chunk;
  chunk.set_chunk(content);
  stream->Write(chunk);
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(PushModelTest, OnePerModelAndABoundForAll) {
  options_.max_pushes = 2;
  Open();
  const auto context = Context();
  const auto first = stub_->PushModel(context.get());
  first->Write(Begin("model"));
  v1::PushModelRequest chunk;
  chunk.set_chunk("mo");
  first->Write(chunk);
  v1::PushModelProgress progress;
  ASSERT_TRUE(first->Read(&progress));
  EXPECT_EQ(progress.received(), 2u);
  EXPECT_EQ(Push(Begin("model"), "model").error_code(), StatusCode::ABORTED);
  const auto second_context = Context();
  const auto second = stub_->PushModel(second_context.get());
  auto other = Begin("model");
  other.mutable_begin()->set_model("ad");
  second->Write(other);
  second->Write(chunk);
  ASSERT_TRUE(second->Read(&progress));
  EXPECT_EQ(Push(Begin("model"), "model").error_code(), StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(PushModelTest, CancelledPushLeavesNothing) {
  Open();
  const auto context = Context();
  const auto stream = Begun(*context, "mo");
  EXPECT_FALSE(RepositoryIsEmpty());
  context->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  EXPECT_TRUE(HasMetric("tinyfog_model_pushes_total{outcome=\"interrupted\"} 1"));
  server_->Shutdown(std::chrono::seconds(30));
  EXPECT_TRUE(RepositoryIsEmpty());
}

TEST_F(PushModelTest, BrokenPushesLeaveNothing) {
  Open();
  // The client ends its side too early: it is told.
  EXPECT_EQ(Push(Begin("model"), "mod").error_code(), StatusCode::DATA_LOSS);
  EXPECT_TRUE(HasMetric("tinyfog_model_pushes_total{outcome=\"interrupted\"} 1"));
  EXPECT_TRUE(RepositoryIsEmpty());
  // All bytes are there and the client gives up: nobody asked for this model any more.
  const auto context = Context();
  const auto stream = Begun(*context, "model");
  context->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  EXPECT_TRUE(HasMetric("tinyfog_model_pushes_total{outcome=\"interrupted\"} 2"));
  server_->Shutdown(std::chrono::seconds(30));
  EXPECT_TRUE(RepositoryIsEmpty());
}

TEST_F(PushModelTest, SilentPushEnds) {
  options_.push_idle_timeout = std::chrono::seconds(0);
  Open();
  const auto context = Context();
  const auto stream = stub_->PushModel(context.get());
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(PushModelTest, ShutdownEndsAPush) {
  Open();
  const auto context = Context();
  const auto stream = Begun(*context, "mo");
  server_->Shutdown(std::chrono::seconds(30));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAVAILABLE);
  EXPECT_TRUE(RepositoryIsEmpty());
}

TEST_F(PushModelTest, StartCleansWhatACrashLeft) {
  fs::create_directories(folder_ / "models/.kws.partial/1");
  std::ofstream(folder_ / "models/.kws.partial/1/model.tflite") << "half";
  Open();
  EXPECT_TRUE(RepositoryIsEmpty());
}

TEST_F(PushModelTest, FullDisk) {
  Open();
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit small{1000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const std::string content(5000, 'm');
  const auto status = Push(Begin(content), content);
  setrlimit(RLIMIT_FSIZE, &old);
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("free space"));
  EXPECT_TRUE(HasMetric("tinyfog_model_pushes_total{outcome=\"disk_full\"} 1"));
  EXPECT_TRUE(RepositoryIsEmpty());
  EXPECT_TRUE(Push(Begin(content), content).ok());
}

}  // namespace
}  // namespace tinyfog::rpc
