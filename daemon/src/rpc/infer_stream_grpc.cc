#include <algorithm>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "infer_call_grpc.h"
#include "infer_request.h"
#include "infer_response.h"
#include "status_grpc.h"

namespace tinyfog::rpc {
namespace {

using StreamRequest = ::inference::ModelInferRequest;
using StreamResponse = ::inference::ModelStreamInferResponse;

/// A stream of requests. A request occupies a slot from when it is read to when its answer is
/// written; with all slots taken nothing is read, so a client that does not read its answers is
/// held up by flow control instead of filling memory.
class InferStream final : public grpc::ServerBidiReactor<StreamRequest, StreamResponse>,
                          public LongCall,
                          public std::enable_shared_from_this<InferStream> {
 public:
  InferStream(ServiceContext& context, grpc::CallbackServerContext* call)
      : context_(context),
        call_(call),
        active_(context.metrics.ActiveStreams(Method::kModelStreamInfer)) {}

  void Start() {
    held_by_grpc_ = shared_from_this();
    peer_ = call_->peer();
    active_.Add(1);
    context_.calls.Add(*this);
    const std::lock_guard lock(mutex_);
    ReadNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      const std::lock_guard lock(mutex_);
      reading_ = false;
      no_more_ = true;
      FinishIfIdle();
      return;
    }
    Accept();
    const std::lock_guard lock(mutex_);
    reading_ = false;
    ReadNext();
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    --slots_;
    if (!ok) Abandon();
    WriteNext();
    ReadNext();
    FinishIfIdle();
  }

  void OnCancel() override {
    cancelled_->store(true, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    Abandon();
    FinishIfIdle();
  }

  void OnDone() override {
    context_.calls.Remove(*this);
    active_.Add(-1);
    const auto last = std::move(held_by_grpc_);
  }

  void Stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    FinishIfIdle();
  }

 private:
  /// Of one request, until it is answered.
  struct Pending {
    std::string id;
    std::vector<std::uint32_t> classes;
    inference::SteadyTime started;
  };

  void Accept() {
    const auto started = std::chrono::steady_clock::now();
    Pending pending{request_.id(), {}, started};
    auto spec = ReadInferRequest(request_, started);
    {
      const std::lock_guard lock(mutex_);
      ++slots_;
    }
    if (!spec.ok()) return Answered(pending, Failure(pending, spec.error()), spec.error().code);
    pending.classes = std::move(spec->classes);
    inference::Request request = std::move(spec->request);
    if (const auto deadline = CallDeadline(*call_)) {
      request.deadline = std::min(*deadline, request.deadline.value_or(*deadline));
    }
    request.client = peer_;
    request.cancel = cancelled_;
    request.done = [self = shared_from_this(), pending = std::move(pending)](
                       inference::Response response) { self->Finished(pending, response); };
    context_.backing.models.Submit(std::move(request));
  }

  void Finished(const Pending& pending, const inference::Response& response) {
    if (!response.outputs.ok()) {
      const Error& error = response.outputs.error();
      return Answered(pending, Failure(pending, error), error.code);
    }
    StreamResponse message;
    const auto written =
        WriteInferResponse(pending.id, response, pending.classes, context_.backing.models,
                           *message.mutable_infer_response());
    if (!written.ok()) {
      return Answered(pending, Failure(pending, written.error()), written.error().code);
    }
    // One answer per request: clients of decoupled models wait for this mark.
    (*message.mutable_infer_response()->mutable_parameters())["triton_final_response"]
        .set_bool_param(true);
    Answered(pending, std::move(message), Status::kOk);
  }

  static StreamResponse Failure(const Pending& pending, const Error& error) {
    StreamResponse message;
    message.set_error_message(std::string("[") + StatusName(error.code) + "] " + error.message);
    message.mutable_infer_response()->set_id(pending.id);
    return message;
  }

  void Answered(const Pending& pending, StreamResponse message, Status code) {
    const std::lock_guard lock(mutex_);
    // Of a stream that is over not even context_ may be left.
    if (finished_) return;
    context_.metrics.Done(Method::kModelStreamInfer, code, pending.started);
    if (abandoned_) {
      --slots_;
    } else {
      ready_.push_back(std::move(message));
      WriteNext();
    }
    FinishIfIdle();
  }

  // The functions below need mutex_.

  void ReadNext() {
    const bool full = slots_ >= context_.options.max_stream_outstanding;
    if (reading_ || full || no_more_ || stopped_ || abandoned_ || finished_) return;
    reading_ = true;
    StartRead(&request_);
  }

  void WriteNext() {
    if (writing_ || ready_.empty() || finished_) return;
    writing_ = true;
    response_ = std::move(ready_.front());
    ready_.pop_front();
    StartWrite(&response_);
  }

  /// The client is gone: nothing is written any more.
  void Abandon() {
    abandoned_ = true;
    slots_ -= static_cast<std::uint32_t>(ready_.size());
    ready_.clear();
  }

  /// A request that arrives while a shutdown finishes the stream is answered by the stream's
  /// status.
  void FinishIfIdle() {
    if (finished_ || writing_) return;
    const bool over = abandoned_ || ((no_more_ || stopped_) && slots_ == 0);
    if (!over) return;
    finished_ = true;
    if (abandoned_) return Finish({grpc::StatusCode::CANCELLED, "the client gave up"});
    if (no_more_) return Finish(grpc::Status::OK);
    Finish({grpc::StatusCode::UNAVAILABLE, "the gateway is shutting down"});
  }

  ServiceContext& context_;
  grpc::CallbackServerContext* const call_;
  metrics::Gauge& active_;
  std::string peer_;
  const inference::CancelFlag cancelled_ = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<InferStream> held_by_grpc_;  ///< until OnDone

  std::mutex mutex_;         ///< guards what follows
  StreamRequest request_;    ///< gRPC's while reading_, except in Accept
  StreamResponse response_;  ///< gRPC's while writing_
  std::deque<StreamResponse> ready_;
  std::uint32_t slots_ = 0;
  bool reading_ = false;
  bool writing_ = false;
  bool no_more_ = false;    ///< the client closed its side
  bool stopped_ = false;    ///< shutdown
  bool abandoned_ = false;  ///< cancelled or disconnected
  bool finished_ = false;
};

}  // namespace

grpc::ServerBidiReactor<StreamRequest, StreamResponse>* StartInferStream(
    ServiceContext& context, grpc::CallbackServerContext* call) {
  const auto stream = std::make_shared<InferStream>(context, call);
  stream->Start();
  return stream.get();
}

}  // namespace tinyfog::rpc
