#include "push_stream_grpc.h"

#include <string>
#include <utility>

#include "tinyfog/log/log.h"
#include "upload_outcome.h"
#include "upload_stream_grpc.h"

namespace tinyfog::rpc {
namespace {

/// A model on its way into the repository. Disk and model checks block.
class ModelReceiver final : public UploadReceiver<v1::PushModelRequest, v1::PushModelProgress> {
 public:
  ModelReceiver(ServiceContext& context, ModelStore& store) : context_(context), store_(store) {}

  Outcome<std::uint64_t> Begin(const v1::PushModelRequest::Begin& begin) override {
    model_ = begin.model();
    load_ = begin.load();
    too_large_ = begin.size() > context_.backing.models.max_model_bytes();
    UploadSpec spec{begin.model(), begin.version(), begin.size(), {}, begin.config_toml()};
    spec.sha256.assign(begin.sha256().begin(), begin.sha256().end());
    TINYFOG_TRY_ASSIGN(upload_, store_.Begin(std::move(spec)));
    return begin.size();
  }

  Outcome<void> Append(std::span<const std::uint8_t> chunk) override {
    return upload_->Append(chunk);
  }

  Outcome<v1::PushModelProgress> Commit() override {
    TINYFOG_TRY_ASSIGN(stored_, upload_->Commit());
    if (load_) TINYFOG_TRY(Load());
    v1::PushModelProgress last;
    last.mutable_done()->set_version(stored_.version);
    last.mutable_done()->set_loaded(load_);
    last.mutable_done()->set_unchanged(stored_.unchanged);
    return last;
  }

  void Ended(const Outcome<void>& outcome, bool interrupted) override {
    if (outcome.ok()) {
      context_.metrics.PushDone(stored_.unchanged ? "unchanged" : "stored");
      log::Info("model pushed", {{"model", model_},
                                 {"version", stored_.version},
                                 {"bytes", upload_->received()},
                                 {"loaded", load_}});
      return;
    }
    context_.metrics.PushDone(load_failed_  ? "load_failed"
                              : too_large_  ? "refused"
                              : interrupted ? "interrupted"
                                            : UploadOutcome(outcome.error().code));
    log::Warning("model push failed", {{"model", model_}, {"reason", outcome.error().message}});
  }

 private:
  /// What the server refuses to load must not be tried again at every start.
  Outcome<void> Load() {
    auto loaded = context_.backing.models.Load(model_);
    if (loaded.ok()) return loaded;
    load_failed_ = true;
    Error error = InContext(loaded.error(), "loading failed and the push was undone");
    if (auto undone = upload_->Rollback(); !undone.ok()) {
      error.message += "; undoing it failed as well: " + undone.error().message;
    }
    return error;
  }

  ServiceContext& context_;
  ModelStore& store_;
  std::unique_ptr<Upload> upload_;
  Stored stored_;
  std::string model_;
  bool load_ = false;
  bool too_large_ = false;
  bool load_failed_ = false;
};

}  // namespace

grpc::ServerBidiReactor<v1::PushModelRequest, v1::PushModelProgress>* StartPushStream(
    const grpc::CallbackServerContext& call, ServiceContext& context, ModelStore& store,
    std::shared_ptr<void> place) {
  return new UploadStream<v1::PushModelRequest, v1::PushModelProgress>(
      call, context, Method::kPushModel, std::make_unique<ModelReceiver>(context, store),
      std::move(place));
}

}  // namespace tinyfog::rpc
