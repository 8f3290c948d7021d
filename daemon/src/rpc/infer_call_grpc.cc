#include "infer_call_grpc.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "infer_request.h"
#include "infer_response.h"
#include "status_grpc.h"

namespace tinyfog::rpc {
namespace {

class InferCall final : public grpc::ServerUnaryReactor {
 public:
  InferCall(ServiceContext& context, grpc::CallbackServerContext* call,
            ::inference::ModelInferResponse& response)
      : context_(context), call_(call), response_(response) {}

  void Start(std::shared_ptr<InferCall> self, const ::inference::ModelInferRequest& message) {
    started_ = std::chrono::steady_clock::now();
    held_by_grpc_ = self;
    auto spec = ReadInferRequest(message, started_);
    if (!spec.ok()) return Answer(spec.error());
    id_ = message.id();
    classes_ = std::move(spec->classes);
    inference::Request request = std::move(spec->request);
    if (const auto deadline = CallDeadline(*call_)) {
      request.deadline = std::min(*deadline, request.deadline.value_or(*deadline));
    }
    request.client = call_->peer();
    // Shares ownership with the call: one allocation less than a flag of its own.
    request.cancel = inference::CancelFlag(self, &cancelled_);
    held_by_server_ = std::move(self);
    request.done = [this](inference::Response response) { Finished(std::move(response)); };
    context_.backing.models.Submit(std::move(request));
  }

  void OnCancel() override {
    cancelled_.store(true, std::memory_order_relaxed);
    const bool late = call_->deadline() <= std::chrono::system_clock::now();
    Answer(Error{late ? Status::kDeadlineExceeded : Status::kCancelled, "the client gave up"});
  }

  void OnDone() override { const auto last = std::move(held_by_grpc_); }

  // OnDone and OnCancel are short and never block, so they need no hop to gRPC's executor, which
  // costs a wake-up per call.
  bool InternalInlineable() override { return true; }

 private:
  void Finished(inference::Response response) {
    const auto last = std::move(held_by_server_);
    // Cancellation may have answered already; then `response_` is not ours any more.
    if (answered_.exchange(true)) return;
    Outcome<void> outcome =
        response.outputs.ok()
            ? WriteInferResponse(id_, response, classes_, context_.backing.models, response_)
            : Outcome<void>(response.outputs.error());
    Send(outcome);
  }

  void Answer(Error error) {
    if (!answered_.exchange(true)) Send(std::move(error));
  }

  void Send(const Outcome<void>& outcome) {
    context_.metrics.Done(Method::kModelInfer, outcome.ok() ? Status::kOk : outcome.error().code,
                          started_);
    Finish(ToGrpc(outcome));
  }

  ServiceContext& context_;
  grpc::CallbackServerContext* const call_;
  ::inference::ModelInferResponse& response_;
  inference::SteadyTime started_;
  std::string id_;
  std::vector<std::uint32_t> classes_;
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> answered_{false};
  std::shared_ptr<InferCall> held_by_grpc_;    ///< until OnDone
  std::shared_ptr<InferCall> held_by_server_;  ///< until Request::done
};

}  // namespace

grpc::ServerUnaryReactor* StartInferCall(ServiceContext& context, grpc::CallbackServerContext* call,
                                         const ::inference::ModelInferRequest& request,
                                         ::inference::ModelInferResponse& response) {
  const auto reactor = std::make_shared<InferCall>(context, call, response);
  reactor->Start(reactor, request);
  return reactor.get();
}

std::optional<inference::SteadyTime> CallDeadline(const grpc::CallbackServerContext& call) {
  const gpr_timespec deadline = call.raw_deadline();
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) return std::nullopt;
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  // Far deadlines are the same to a queue; the bound keeps the sum below from overflowing.
  const auto seconds = std::clamp<std::int64_t>(left.tv_sec, -1, 366 * 24 * 3600);
  return std::chrono::steady_clock::now() + std::chrono::seconds(seconds) +
         std::chrono::nanoseconds(left.tv_nsec);
}

}  // namespace tinyfog::rpc
