#include <gmock/gmock.h>

#include "artifacts_for_test.h"
#include "server_fixture.h"
#include "sha256.h"
#include "tinyfog/v1/artifacts.grpc.pb.h"

namespace tinyfog::rpc {
namespace {

using firmware_image::Key;
using grpc::StatusCode;
using testing::HasSubstr;
using Buffer = std::vector<std::uint8_t>;

class PushArtifactTest : public ServerFixture {
 protected:
  void Open(bool trust = true) {
    artifact::StoreOptions options;
    options.folder = folder_ / "artifacts";
    options.largest_bytes = 300'000;
    if (trust) options.trusted.push_back(Key::FromPem(key_.PublicPem()).value());
    std::vector<std::string> warnings;
    store_ = artifact::Store::Open(std::move(options), warnings).value();
    artifacts_.store = store_.get();
    Start();
    stub_ = v1::Artifacts::NewStub(channel_);
  }

  static v1::PushArtifactRequest Begin(const Buffer& content) {
    Sha256Stream digest;
    digest.Update(content);
    const Sha256 sha = digest.Finish();
    v1::PushArtifactRequest request;
    request.mutable_begin()->set_size(content.size());
    request.mutable_begin()->set_sha256(sha.data(), sha.size());
    return request;
  }

  /// Sends `begin` and `content` in pieces; keeps the last progress.
  grpc::Status Push(const v1::PushArtifactRequest& begin, const Buffer& content) {
    const auto context = Context();
    const auto stream = stub_->PushArtifact(context.get());
    stream->Write(begin);
    constexpr std::size_t kPiece = 5000;
    for (std::size_t at = 0; at < content.size(); at += kPiece) {
      v1::PushArtifactRequest chunk;
      chunk.set_chunk(content.data() + at, std::min(kPiece, content.size() - at));
      if (!stream->Write(chunk)) break;
    }
    stream->WritesDone();
    v1::PushArtifactProgress progress;
    while (stream->Read(&progress)) last_ = progress;
    return stream->Finish();
  }
  grpc::Status Push(const Buffer& content) { return Push(Begin(content), content); }

  using Stream = grpc::ClientReaderWriter<v1::PushArtifactRequest, v1::PushArtifactProgress>;
  /// A push of the model that has got two bytes far.
  std::unique_ptr<Stream> HalfPushed(grpc::ClientContext& context) {
    auto stream = stub_->PushArtifact(&context);
    stream->Write(Begin(model_));
    v1::PushArtifactRequest chunk;
    chunk.set_chunk("TF");
    stream->Write(chunk);
    EXPECT_TRUE(stream->Read(&last_));
    return stream;
  }

  using Method = grpc::Status (v1::Artifacts::Stub::*)(grpc::ClientContext*,
                                                       const v1::ArtifactRequest&,
                                                       v1::ArtifactInfo*);
  grpc::Status Call(Method method, const std::string& reference) {
    v1::ArtifactRequest request;
    request.set_digest(reference);
    return (*stub_.*method)(Context().get(), request, &info_);
  }

  const Key key_ = Key::Generate().value();
  const Buffer model_ = artifact::ModelFile(key_);
  std::unique_ptr<artifact::Store> store_;
  std::unique_ptr<v1::Artifacts::Stub> stub_;
  v1::PushArtifactProgress last_;
  v1::ArtifactInfo info_;
};

TEST_F(PushArtifactTest, StoresListsShowsVerifiesRemoves) {
  Open();
  const auto events = events_->Subscribe();
  const auto status = Push(model_);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(last_.received(), model_.size());
  ASSERT_TRUE(last_.has_done());
  EXPECT_FALSE(last_.done().unchanged());
  const v1::ArtifactInfo stored = last_.done().artifact();
  EXPECT_EQ(stored.kind(), v1::ARTIFACT_KIND_MODEL);
  EXPECT_EQ(stored.name(), "motor");
  EXPECT_EQ(stored.digest().size(), 64u);
  EXPECT_GT(stored.stored().seconds(), 0);
  const auto event = events->Next(std::chrono::seconds(30));
  ASSERT_NE(event, nullptr);
  EXPECT_EQ(event->artifact().state(), "stored");
  EXPECT_EQ(event->artifact().digest(), stored.digest());
  ASSERT_TRUE(Push(artifact::FirmwareFile(key_)).ok());
  ASSERT_TRUE(Push(model_).ok());
  EXPECT_TRUE(last_.done().unchanged());
  EXPECT_TRUE(HasMetric("tinyfog_artifact_pushes_total{outcome=\"stored\"} 2"));
  EXPECT_TRUE(HasMetric("tinyfog_artifact_pushes_total{outcome=\"unchanged\"} 1"));
  EXPECT_TRUE(HasMetric("tinyfog_artifacts{kind=\"model\"} 1"));
  EXPECT_TRUE(HasMetric("tinyfog_artifact_bytes{kind=\"model\"} " + std::to_string(model_.size())));

  v1::ListArtifactsResponse list;
  ASSERT_TRUE(stub_->ListArtifacts(Context().get(), {}, &list).ok());
  EXPECT_EQ(list.artifacts_size(), 2);
  EXPECT_TRUE(Call(&v1::Artifacts::Stub::GetArtifact, stored.digest().substr(0, 8)).ok());
  EXPECT_EQ(info_.digest(), stored.digest());
  EXPECT_TRUE(Call(&v1::Artifacts::Stub::VerifyArtifact, "motor@1").ok());
  EXPECT_EQ(Call(&v1::Artifacts::Stub::GetArtifact, "motor@2").error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Call(&v1::Artifacts::Stub::GetArtifact, "abc").error_code(),
            StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(Call(&v1::Artifacts::Stub::RemoveArtifact, "motor@1").ok());
  EXPECT_EQ(Call(&v1::Artifacts::Stub::RemoveArtifact, "motor@1").error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_TRUE(HasMetric("tinyfog_artifacts{kind=\"model\"} 0"));
}

TEST_F(PushArtifactTest, WhatNodesAreToHaveStays) {
  artifacts_.is_desired = [](const wire::Sha256&) { return true; };
  Open();
  ASSERT_TRUE(Push(model_).ok());
  const auto status = Call(&v1::Artifacts::Stub::RemoveArtifact, "motor@1");
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("nodes are to have motor@1"));
  EXPECT_EQ(store_->List().size(), 1u);
}

TEST_F(PushArtifactTest, RefusesBadPushes) {
  Open();
  Buffer damaged = model_;
  damaged[damaged.size() - 40] ^= 1;
  EXPECT_EQ(Push(Begin(model_), damaged).error_code(), StatusCode::DATA_LOSS);
  EXPECT_EQ(Push(damaged).error_code(), StatusCode::DATA_LOSS);
  Buffer cut = model_;
  cut.resize(cut.size() / 2);
  EXPECT_EQ(Push(Begin(model_), cut).error_code(), StatusCode::DATA_LOSS);
  EXPECT_TRUE(HasMetric("tinyfog_artifact_pushes_total{outcome=\"interrupted\"} 1"));
  EXPECT_EQ(Push(Begin(cut), model_).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Push(cut).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Push({'h', 'i'}).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Push(Buffer{}).error_code(), StatusCode::INVALID_ARGUMENT);
  const Key other = Key::Generate().value();
  const auto status = Push(artifact::ModelFile(other));
  EXPECT_EQ(status.error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(status.error_message(), HasSubstr("does not trust"));
  EXPECT_EQ(Push(Buffer(300'001)).error_code(), StatusCode::RESOURCE_EXHAUSTED);
  auto no_digest = Begin(model_);
  no_digest.mutable_begin()->clear_sha256();
  EXPECT_EQ(Push(no_digest, model_).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(store_->List().empty());
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "artifacts"));
}

TEST_F(PushArtifactTest, WithoutTrustedKeysItSaysWhatToDo) {
  Open(false);
  const auto status = Push(model_);
  EXPECT_EQ(status.error_code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("trusted_keys"));
}

TEST_F(PushArtifactTest, AGatewayWithoutAStoreSaysSo) {
  Start();
  stub_ = v1::Artifacts::NewStub(channel_);
  EXPECT_EQ(Push(model_).error_code(), StatusCode::FAILED_PRECONDITION);
  v1::ListArtifactsResponse list;
  EXPECT_EQ(stub_->ListArtifacts(Context().get(), {}, &list).error_code(),
            StatusCode::FAILED_PRECONDITION);
}

TEST_F(PushArtifactTest, CancelledPushLeavesNothing) {
  options_.max_pushes = 1;
  Open();
  const auto context = Context();
  const auto stream = HalfPushed(*context);
  EXPECT_EQ(last_.received(), 2u);
  EXPECT_EQ(last_.size(), model_.size());
  EXPECT_EQ(Push(model_).error_code(), StatusCode::RESOURCE_EXHAUSTED) << "one at a time";
  context->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  EXPECT_TRUE(HasMetric("tinyfog_artifact_pushes_total{outcome=\"interrupted\"} 1"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "artifacts"));
}

TEST_F(PushArtifactTest, ShutdownEndsAPush) {
  Open();
  const auto context = Context();
  const auto stream = HalfPushed(*context);
  server_->Shutdown(std::chrono::seconds(30));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace tinyfog::rpc
