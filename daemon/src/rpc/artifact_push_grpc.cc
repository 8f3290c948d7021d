#include "artifact_push_grpc.h"

#include <algorithm>
#include <vector>

#include "sha256.h"
#include "tinyfog/log/log.h"
#include "upload_outcome.h"
#include "upload_stream_grpc.h"

namespace tinyfog::rpc {
namespace {

/// An artifact in memory until it is complete: the store takes it whole or not at all.
class ArtifactReceiver final
    : public UploadReceiver<v1::PushArtifactRequest, v1::PushArtifactProgress> {
 public:
  explicit ArtifactReceiver(Artifacts& artifacts) : artifacts_(artifacts) {}

  Outcome<std::uint64_t> Begin(const v1::PushArtifactRequest::Begin& begin) override {
    const artifact::StoreOptions& options = artifacts_.store().options();
    too_large_ = begin.size() > options.largest_bytes;
    if (too_large_) {
      return Error{Status::kResourceExhausted, "the artifact has " + std::to_string(begin.size()) +
                                                   " bytes; this gateway takes " +
                                                   std::to_string(options.largest_bytes) +
                                                   " at most"};
    }
    if (begin.size() == 0) return InvalidArgument("the announced size is 0");
    if (begin.sha256().size() != sha256_.size()) {
      return InvalidArgument("sha256 must be the 32 bytes of the file's SHA-256");
    }
    std::ranges::copy(begin.sha256(), sha256_.begin());
    size_ = begin.size();
    file_.reserve(size_);
    return begin.size();
  }

  Outcome<void> Append(std::span<const std::uint8_t> chunk) override {
    if (chunk.size() > size_ - file_.size()) {
      return InvalidArgument("more bytes than the announced " + std::to_string(size_));
    }
    file_.insert(file_.end(), chunk.begin(), chunk.end());
    return {};
  }

  Outcome<v1::PushArtifactProgress> Commit() override {
    if (file_.size() != size_) {
      return Error{Status::kDataLoss, "only " + std::to_string(file_.size()) +
                                          " of the announced " + std::to_string(size_) +
                                          " bytes arrived"};
    }
    Sha256Stream digest;
    digest.Update(file_);
    if (digest.Finish() != sha256_) {
      return Error{Status::kDataLoss, "what arrived has another SHA-256 than announced"};
    }
    TINYFOG_TRY_ASSIGN(const auto added, artifacts_.Add(file_));
    unchanged_ = added.unchanged;
    v1::PushArtifactProgress last;
    *last.mutable_done()->mutable_artifact() = ToMessage(*added.artifact);
    last.mutable_done()->set_unchanged(added.unchanged);
    return last;
  }

  void Ended(const Outcome<void>& outcome, bool interrupted) override {
    if (outcome.ok()) {
      artifacts_.PushDone(unchanged_ ? "unchanged" : "stored");
      return;
    }
    artifacts_.PushDone(too_large_    ? "refused"
                        : interrupted ? "interrupted"
                                      : UploadOutcome(outcome.error().code));
    log::Warning("artifact push failed", {{"reason", outcome.error().message}});
  }

 private:
  Artifacts& artifacts_;
  std::vector<std::uint8_t> file_;
  std::uint64_t size_ = 0;
  Sha256 sha256_{};
  bool too_large_ = false;
  bool unchanged_ = false;
};

}  // namespace

grpc::ServerBidiReactor<v1::PushArtifactRequest, v1::PushArtifactProgress>* StartArtifactPush(
    const grpc::CallbackServerContext& call, ServiceContext& context, Artifacts& artifacts,
    std::shared_ptr<void> place) {
  return new UploadStream<v1::PushArtifactRequest, v1::PushArtifactProgress>(
      call, context, Method::kPushArtifact, std::make_unique<ArtifactReceiver>(artifacts),
      std::move(place));
}

}  // namespace tinyfog::rpc
