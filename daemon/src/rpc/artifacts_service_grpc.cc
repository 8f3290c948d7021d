#include <functional>
#include <optional>

#include "artifact_push_grpc.h"
#include "places.h"
#include "services_grpc.h"
#include "status_grpc.h"
#include "tinyfog/v1/artifacts.grpc.pb.h"
#include "upload_stream_grpc.h"

namespace tinyfog::rpc {
namespace {

using Call = grpc::CallbackServerContext;
using Started = std::chrono::steady_clock::time_point;
using PushReactor = grpc::ServerBidiReactor<v1::PushArtifactRequest, v1::PushArtifactProgress>;
using Refused = RefusedUpload<v1::PushArtifactRequest, v1::PushArtifactProgress>;
using Answer = Outcome<artifact::ArtifactPtr>;

class ArtifactsService final : public v1::Artifacts::CallbackService {
 public:
  explicit ArtifactsService(ServiceContext& context)
      : context_(context), places_(context.options.max_pushes) {
    const Backing& backing = context.backing;
    if (backing.artifacts.store != nullptr) {
      artifacts_.emplace(backing.artifacts, backing.metrics, backing.events);
    }
  }

  PushReactor* PushArtifact(Call* call) override {
    if (!artifacts_) return Refuse(NoStore());
    auto place = places_.Take();
    if (place) return StartArtifactPush(*call, context_, *artifacts_, std::move(place));
    artifacts_->PushDone("busy");
    return Refuse(
        Error{Status::kResourceExhausted, std::to_string(context_.options.max_pushes) +
                                              " pushes are under way already; try again later"});
  }

  grpc::ServerUnaryReactor* ListArtifacts(Call* call, const v1::ListArtifactsRequest*,
                                          v1::ListArtifactsResponse* response) override {
    const auto started = std::chrono::steady_clock::now();
    if (!artifacts_) return End(call->DefaultReactor(), Method::kListArtifacts, NoStore(), started);
    for (const auto& artifact : artifacts_->store().List()) {
      *response->add_artifacts() = ToMessage(*artifact);
    }
    return End(call->DefaultReactor(), Method::kListArtifacts, {}, started);
  }

  grpc::ServerUnaryReactor* GetArtifact(Call* call, const v1::ArtifactRequest* request,
                                        v1::ArtifactInfo* response) override {
    return OnThread(call, Method::kGetArtifact, response,
                    [this, request] { return artifacts_->store().Find(request->digest()); });
  }

  grpc::ServerUnaryReactor* VerifyArtifact(Call* call, const v1::ArtifactRequest* request,
                                           v1::ArtifactInfo* response) override {
    return OnThread(call, Method::kVerifyArtifact, response, [this, request]() -> Answer {
      artifact::Store& store = artifacts_->store();
      TINYFOG_TRY_ASSIGN(const auto artifact, store.Find(request->digest()));
      return store.Verify(artifact->digest);
    });
  }

  grpc::ServerUnaryReactor* RemoveArtifact(Call* call, const v1::ArtifactRequest* request,
                                           v1::ArtifactInfo* response) override {
    return OnThread(call, Method::kRemoveArtifact, response,
                    [this, request] { return artifacts_->Remove(request->digest()); });
  }

 private:
  static Error NoStore() { return FailedPrecondition("this gateway keeps no artifacts"); }

  PushReactor* Refuse(const Error& error) {
    context_.metrics.Done(Method::kPushArtifact, error.code, std::chrono::steady_clock::now());
    return new Refused(ToGrpc(error));
  }

  grpc::ServerUnaryReactor* End(grpc::ServerUnaryReactor* reactor, Method method,
                                const Outcome<void>& outcome, Started started) {
    const Status code = outcome.ok() ? Status::kOk : outcome.error().code;
    context_.metrics.Done(method, code, started);
    reactor->Finish(ToGrpc(outcome));
    return reactor;
  }

  /// Disk and the trial of a model block: on a thread where that holds nobody up.
  grpc::ServerUnaryReactor* OnThread(Call* call, Method method, v1::ArtifactInfo* response,
                                     std::function<Answer()> answer) {
    const auto started = std::chrono::steady_clock::now();
    grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
    if (!artifacts_) return End(reactor, method, NoStore(), started);
    const bool taken =
        thread_.Post([this, reactor, method, response, started, answer = std::move(answer)](bool) {
          const Answer artifact = answer();
          if (artifact.ok()) *response = ToMessage(**artifact);
          End(reactor, method, artifact.ok() ? Outcome<void>() : artifact.error(), started);
        });
    if (taken) return reactor;
    return End(reactor, method,
               Error{Status::kResourceExhausted, "too many calls wait; try again later"}, started);
  }

  ServiceContext& context_;
  std::optional<Artifacts> artifacts_;
  Places places_;
  ManagementThread thread_;
};

}  // namespace

std::unique_ptr<grpc::Service> CreateArtifactsService(ServiceContext& context) {
  return std::make_unique<ArtifactsService>(context);
}

}  // namespace tinyfog::rpc
