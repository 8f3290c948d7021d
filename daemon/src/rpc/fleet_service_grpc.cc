#include "places.h"
#include "services_grpc.h"
#include "status_grpc.h"
#include "tinyfog/v1/fleet.grpc.pb.h"
#include "watch_stream_grpc.h"

namespace tinyfog::rpc {
namespace {

using Call = grpc::CallbackServerContext;
using Changed = Outcome<fleet::NodePtr>;

Error NoNodes() {
  return FailedPrecondition("this gateway keeps no nodes: fleet.enabled or mqtt.enabled is false");
}

class FleetService final : public v1::Fleet::CallbackService {
 public:
  explicit FleetService(ServiceContext& context)
      : context_(context),
        nodes_(context.backing.nodes),
        places_(context.options.max_event_streams) {}

  grpc::ServerUnaryReactor* ListNodes(Call* call, const v1::ListNodesRequest* request,
                                      v1::ListNodesResponse* response) override {
    const auto started = std::chrono::steady_clock::now();
    if (nodes_ == nullptr)
      return Finish(call->DefaultReactor(), Method::kListNodes, NoNodes(), started);
    for (const auto& node : nodes_->board().List(request->prefix())) *response->add_nodes() = *node;
    return Finish(call->DefaultReactor(), Method::kListNodes, {}, started);
  }

  grpc::ServerUnaryReactor* GetNode(Call* call, const v1::GetNodeRequest* request,
                                    v1::Node* response) override {
    const auto started = std::chrono::steady_clock::now();
    if (nodes_ == nullptr)
      return Finish(call->DefaultReactor(), Method::kGetNode, NoNodes(), started);
    const auto node = nodes_->board().Get(request->id());
    if (!node) {
      return Finish(call->DefaultReactor(), Method::kGetNode,
                    NotFound("no node '" + request->id() + "' is known"), started);
    }
    *response = *node;
    return Finish(call->DefaultReactor(), Method::kGetNode, {}, started);
  }

  grpc::ServerWriteReactor<v1::Node>* WatchNodes(Call*,
                                                 const v1::WatchNodesRequest* request) override {
    if (nodes_ == nullptr) return Refuse(NoNodes());
    auto place = places_.Take();
    if (!place) {
      return Refuse(
          Error{Status::kResourceExhausted, std::to_string(context_.options.max_event_streams) +
                                                " clients watch nodes already; end one of them"});
    }
    const std::shared_ptr<fleet::Watch> watch = nodes_->board().WatchNodes(request->prefix());
    const auto next = [watch](v1::Node& message) {
      const auto node = watch->Next(std::chrono::minutes(1));
      if (node) message = *node;
      return node != nullptr;
    };
    return new WatchStream<v1::Node>(context_, Method::kWatchNodes,
                                     {next, [watch] { watch->Close(); }}, std::move(place));
  }

  grpc::ServerUnaryReactor* SetNode(Call* call, const v1::SetNodeRequest* request,
                                    v1::Node* response) override {
    return Change(call, Method::kSetNode, response,
                  [this, request] { return nodes_->Set(*request); });
  }

  grpc::ServerUnaryReactor* RemoveNode(Call* call, const v1::GetNodeRequest* request,
                                       v1::Node* response) override {
    return Change(call, Method::kRemoveNode, response,
                  [this, request] { return nodes_->Remove(request->id()); });
  }

 private:
  using Started = std::chrono::steady_clock::time_point;

  grpc::ServerUnaryReactor* Finish(grpc::ServerUnaryReactor* reactor, Method method,
                                   const Outcome<void>& outcome, Started started) {
    const Status code = outcome.ok() ? Status::kOk : outcome.error().code;
    context_.metrics.Done(method, code, started);
    reactor->Finish(ToGrpc(outcome));
    return reactor;
  }

  grpc::ServerWriteReactor<v1::Node>* Refuse(const Error& error) {
    context_.metrics.Done(Method::kWatchNodes, error.code, std::chrono::steady_clock::now());
    return new RefusedStream<v1::Node>(ToGrpc(error));
  }

  /// Changes wait for a model's trial and for the disk: on a thread where that holds nobody up.
  grpc::ServerUnaryReactor* Change(Call* call, Method method, v1::Node* response,
                                   std::function<Changed()> change) {
    const auto started = std::chrono::steady_clock::now();
    grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
    if (nodes_ == nullptr) return Finish(reactor, method, NoNodes(), started);
    const bool taken =
        thread_.Post([this, reactor, method, response, started, change = std::move(change)](bool) {
          const Changed changed = change();
          if (changed.ok() && *changed) *response = **changed;
          if (changed.ok()) {
            Finish(reactor, method, {}, started);
          } else {
            Finish(reactor, method, changed.error(), started);
          }
        });
    if (taken) return reactor;
    return Finish(reactor, method,
                  Error{Status::kResourceExhausted, "too many changes wait; try again later"},
                  started);
  }

  ServiceContext& context_;
  fleet::Fleet* const nodes_;
  Places places_;
  ManagementThread thread_;
};

}  // namespace

std::unique_ptr<grpc::Service> CreateFleetService(ServiceContext& context) {
  return std::make_unique<FleetService>(context);
}

}  // namespace tinyfog::rpc
