#include "places.h"
#include "push_stream_grpc.h"
#include "services_grpc.h"
#include "tinyfog/v1/models.grpc.pb.h"
#include "upload_stream_grpc.h"

namespace tinyfog::rpc {
namespace {

using PushReactor = grpc::ServerBidiReactor<v1::PushModelRequest, v1::PushModelProgress>;
using RefusedPush = RefusedUpload<v1::PushModelRequest, v1::PushModelProgress>;

class ModelsService final : public v1::Models::CallbackService {
 public:
  ModelsService(ServiceContext& context, ModelStore& store)
      : context_(context), store_(store), places_(context.options.max_pushes) {}

  PushReactor* PushModel(grpc::CallbackServerContext* call) override {
    auto place = places_.Take();
    if (place) return StartPushStream(*call, context_, store_, std::move(place));
    context_.metrics.Done(Method::kPushModel, Status::kResourceExhausted,
                          std::chrono::steady_clock::now());
    context_.metrics.PushDone("busy");
    return new RefusedPush({grpc::StatusCode::RESOURCE_EXHAUSTED,
                            std::to_string(context_.options.max_pushes) +
                                " pushes are under way already; try again later"});
  }

 private:
  ServiceContext& context_;
  ModelStore& store_;
  Places places_;
};

}  // namespace

std::unique_ptr<grpc::Service> CreateModelsService(ServiceContext& context, ModelStore& store) {
  return std::make_unique<ModelsService>(context, store);
}

}  // namespace tinyfog::rpc
