#include "event_stream_grpc.h"
#include "model_messages.h"
#include "places.h"
#include "services_grpc.h"
#include "tinyfog/v1/gateway.grpc.pb.h"
#include "watch_stream_grpc.h"

namespace tinyfog::rpc {
namespace {

using Call = grpc::CallbackServerContext;

void WriteModels(const inference::Server& server, v1::GatewayStatus& status) {
  for (const auto& entry : server.Index()) {
    auto& model = *status.add_models();
    model.set_name(entry.model);
    if (entry.version > 0) model.set_version(std::to_string(entry.version));
    model.set_state(ModelStateName(entry.state));
    model.set_reason(entry.reason);
  }
}

/// Requests of every model and version that is loaded.
void WriteRequests(const inference::Server& server, v1::GatewayStatus& status) {
  const auto all = server.Statistics("", 0);
  if (!all.ok()) return;
  for (const auto& one : *all) {
    const std::uint64_t requests = one.success.count + one.fail.count;
    status.set_requests_total(status.requests_total() + requests);
    status.set_requests_failed(status.requests_failed() + one.fail.count);
    for (auto& model : *status.mutable_models()) {
      if (model.name() == one.model && model.version() == std::to_string(one.version)) {
        model.set_requests(requests);
        model.set_queue_depth(one.queue_depth);
      }
    }
  }
}

class GatewayService final : public v1::Gateway::CallbackService {
 public:
  explicit GatewayService(ServiceContext& context)
      : context_(context), places_(context.options.max_event_streams) {}

  grpc::ServerUnaryReactor* GetStatus(Call* call, const v1::GetStatusRequest*,
                                      v1::GatewayStatus* status) override {
    const auto started = std::chrono::steady_clock::now();
    const inference::Server& models = context_.backing.models;
    status->set_ready(models.Ready());
    status->set_repository(models.repository().string());
    WriteModels(models, *status);
    WriteRequests(models, *status);
    if (context_.backing.status) context_.backing.status(*status);
    context_.metrics.Done(Method::kGetStatus, Status::kOk, started);
    grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<v1::Event>* WatchEvents(Call*,
                                                   const v1::WatchEventsRequest* request) override {
    auto place = places_.Take();
    if (place) return StartEventStream(context_, *request, std::move(place));
    context_.metrics.Done(Method::kWatchEvents, Status::kResourceExhausted,
                          std::chrono::steady_clock::now());
    return new RefusedStream<v1::Event>({grpc::StatusCode::RESOURCE_EXHAUSTED,
                                         std::to_string(context_.options.max_event_streams) +
                                             " clients watch events already; end one of them"});
  }

 private:
  ServiceContext& context_;
  Places places_;
};

}  // namespace

std::unique_ptr<grpc::Service> CreateGatewayService(ServiceContext& context) {
  return std::make_unique<GatewayService>(context);
}

}  // namespace tinyfog::rpc
