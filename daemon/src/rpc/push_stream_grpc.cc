#include "push_stream_grpc.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "status_grpc.h"
#include "tinyfog/log/log.h"

namespace tinyfog::rpc {
namespace {

constexpr std::size_t kLargestChunk = 1u << 20;

std::span<const std::uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The outcome label of a push that failed.
const char* OutcomeLabel(Status code) {
  switch (code) {
    case Status::kResourceExhausted:
      return "disk_full";
    case Status::kAborted:
      return "busy";
    case Status::kInvalidArgument:
    case Status::kAlreadyExists:
    case Status::kDataLoss:
    case Status::kFailedPrecondition:
      return "refused";
    case Status::kCancelled:
    case Status::kDeadlineExceeded:
    case Status::kUnavailable:
      return "interrupted";
    default:
      return "failed";
  }
}

/// One upload. Disk and model checks block, so they run on the stream's own thread, which waits for
/// gRPC's callbacks where it reads or writes.
class PushStream final
    : public grpc::ServerBidiReactor<v1::PushModelRequest, v1::PushModelProgress>,
      public LongCall {
 public:
  PushStream(const grpc::CallbackServerContext& call, ServiceContext& context, ModelStore& store,
             std::shared_ptr<void> place)
      : call_(call),
        context_(context),
        store_(store),
        place_(std::move(place)),
        active_(context.metrics.ActiveStreams(Method::kPushModel)) {
    active_.Add(1);
    context_.calls.Add(*this);
    thread_ = std::thread([this] { Run(); });
  }

  ~PushStream() { active_.Add(-1); }

  void OnReadDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    read_ok_ = ok;
    changed_.notify_all();
  }

  void OnWriteDone(bool) override {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    changed_.notify_all();
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

  void Stop() override {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }

  void OnDone() override {
    context_.calls.Remove(*this);
    thread_.join();  // its last act was Finish
    delete this;
  }

 private:
  void Run() {
    const auto started = std::chrono::steady_clock::now();
    Outcome<void> outcome = Push();
    const Status code = outcome.ok() ? Status::kOk : outcome.error().code;
    if (!outcome.ok()) {
      context_.metrics.PushDone(load_failed_   ? "load_failed"
                                : too_large_   ? "refused"
                                : ended_early_ ? "interrupted"
                                               : OutcomeLabel(code));
      log::Warning("model push failed", {{"model", model_}, {"reason", outcome.error().message}});
    }
    context_.metrics.Done(Method::kPushModel, code, started);
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !writing_; });
    }
    place_.reset();  // before the client knows, so that it can push again at once
    Finish(ToGrpc(outcome));
  }

  Outcome<void> Push() {
    TINYFOG_TRY_ASSIGN(const bool any, Read());
    ended_early_ = !any;
    if (!any || !request_.has_begin()) {
      return InvalidArgument("the first message of a push must be `begin`");
    }
    const v1::PushModelRequest::Begin begin = request_.begin();
    model_ = begin.model();
    too_large_ = begin.size() > context_.backing.models.max_model_bytes();
    UploadSpec spec{begin.model(), begin.version(), begin.size(), {}, begin.config_toml()};
    spec.sha256.assign(begin.sha256().begin(), begin.sha256().end());
    TINYFOG_TRY_ASSIGN(const auto upload, store_.Begin(std::move(spec)));
    TINYFOG_TRY(Receive(*upload, begin.size()));
    TINYFOG_TRY_ASSIGN(const Stored stored, upload->Commit());
    if (begin.load()) {
      TINYFOG_TRY(Load(*upload));
    }
    context_.metrics.PushDone(stored.unchanged ? "unchanged" : "stored");
    log::Info("model pushed", {{"model", model_},
                               {"version", stored.version},
                               {"bytes", upload->received()},
                               {"loaded", begin.load()}});
    v1::PushModelProgress last;
    last.mutable_done()->set_version(stored.version);
    last.mutable_done()->set_loaded(begin.load());
    last.mutable_done()->set_unchanged(stored.unchanged);
    SendProgress(std::move(last), *upload, begin.size(), true);
    return {};
  }

  Outcome<void> Receive(Upload& upload, std::uint64_t size) {
    for (;;) {
      TINYFOG_TRY_ASSIGN(const bool more, Read());
      ended_early_ = !more && upload.received() < size;
      if (!more) return {};
      if (!request_.has_chunk()) return InvalidArgument("only chunks may follow `begin`");
      if (request_.chunk().size() > kLargestChunk) {
        return InvalidArgument("a chunk may have 1 MiB at most");
      }
      TINYFOG_TRY(upload.Append(AsBytes(request_.chunk())));
      SendProgress({}, upload, size, false);
    }
  }

  /// What the server refuses to load must not be tried again at every start.
  Outcome<void> Load(Upload& upload) {
    auto loaded = context_.backing.models.Load(model_);
    if (loaded.ok()) return loaded;
    load_failed_ = true;
    Error error = InContext(loaded.error(), "loading failed and the push was undone");
    if (auto undone = upload.Rollback(); !undone.ok()) {
      error.message += "; undoing it failed as well: " + undone.error().message;
    }
    return error;
  }

  /// The next message into request_; false when the client has closed its side.
  Outcome<bool> Read() {
    std::unique_lock lock(mutex_);
    if (!cancelled_ && !stopped_) {
      reading_ = true;
      StartRead(&request_);
    }
    const bool in_time = changed_.wait_for(lock, context_.options.push_idle_timeout,
                                           [this] { return !reading_ || cancelled_ || stopped_; });
    // A failed read may be told before OnCancel.
    if (cancelled_ || call_.IsCancelled()) return Error{Status::kCancelled, "the client gave up"};
    if (stopped_) return Unavailable("the gateway is shutting down; push again later");
    if (!in_time) {
      return Error{Status::kDeadlineExceeded,
                   "nothing arrived for " +
                       std::to_string(context_.options.push_idle_timeout.count()) + " s"};
    }
    return read_ok_;
  }

  /// Progress is skipped while an earlier one is under way, as a client that does not read must not
  /// hold up its own upload; the last one waits.
  void SendProgress(v1::PushModelProgress progress, const Upload& upload, std::uint64_t size,
                    bool last) {
    std::unique_lock lock(mutex_);
    if (writing_ && !last) return;
    changed_.wait(lock, [this] { return !writing_; });
    response_ = std::move(progress);
    response_.set_received(upload.received());
    response_.set_size(size);
    writing_ = true;
    StartWrite(&response_);
  }

  const grpc::CallbackServerContext& call_;
  ServiceContext& context_;
  ModelStore& store_;
  std::shared_ptr<void> place_;
  metrics::Gauge& active_;
  std::string model_;
  bool too_large_ = false;
  bool ended_early_ = false;  ///< before all that was announced had arrived
  bool load_failed_ = false;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  v1::PushModelRequest request_;    ///< gRPC's while reading_
  v1::PushModelProgress response_;  ///< gRPC's while writing_
  bool reading_ = false;
  bool read_ok_ = false;
  bool writing_ = false;
  bool cancelled_ = false;
  bool stopped_ = false;

  std::thread thread_;
};

}  // namespace

grpc::ServerBidiReactor<v1::PushModelRequest, v1::PushModelProgress>* StartPushStream(
    const grpc::CallbackServerContext& call, ServiceContext& context, ModelStore& store,
    std::shared_ptr<void> place) {
  return new PushStream(call, context, store, std::move(place));
}

}  // namespace tinyfog::rpc
