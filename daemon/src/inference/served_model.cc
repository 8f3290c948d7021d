#include "served_model.h"

#include <functional>

#include "inference_event.h"
#include "tinyfog/log/log.h"
#include "validate.h"

namespace tinyfog::inference {
namespace {

using Clock = std::chrono::steady_clock;

Error Expired() {
  return {Status::kDeadlineExceeded, "the deadline passed before the request could be executed"};
}

Error WhyDead(const Request& request) {
  if (request.cancel && request.cancel->load()) {
    return {Status::kCancelled, "cancelled by the client"};
  }
  return Expired();
}

Status CodeOf(const Response& response) {
  return response.outputs.ok() ? Status::kOk : response.outputs.error().code;
}

/// Counts, calls done, and tells those who watch.
void Finish(Request& request, Response response, SteadyTime arrived, ModelMetrics& metrics,
            events::EventBus& events, const Signature& signature,
            const std::vector<std::string>& labels) {
  metrics.Count(request.source, CodeOf(response));
  const auto done = std::move(request.done);
  if (!events.HasSubscribers()) return done(std::move(response));
  auto event = InferenceEvent(request, response, arrived, signature.outputs, labels);
  done(std::move(response));
  events.Publish(std::move(event));
}

}  // namespace

void InFlight::Remove() {
  if (count_.fetch_sub(1) != 1) return;
  const std::lock_guard lock(mutex_);
  none_.notify_all();
}

bool InFlight::WaitForNone(std::chrono::milliseconds bound) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, bound, [this] { return count_.load() == 0; });
}

void Refuse(Request request, std::int64_t version, Error error, ModelMetrics& metrics,
            events::EventBus& events) {
  Response response{std::move(error), request.model, version, {}};
  Finish(request, std::move(response), Clock::now(), metrics, events, {}, {});
}

ServedModel::ServedModel(std::string name, std::int64_t version, ModelFile file,
                         ModelOptions options, ModelMetrics& metrics, ServingContext& context)
    : name_(std::move(name)),
      version_(version),
      file_(std::move(file)),
      options_(std::move(options)),
      metrics_(metrics),
      context_(context) {}

ServedModel::~ServedModel() { Retire(); }

Outcome<std::shared_ptr<ServedModel>> ServedModel::Load(std::string name, std::int64_t version,
                                                        ModelFile file, ModelOptions options,
                                                        ModelMetrics& metrics,
                                                        ServingContext& context) {
  // Shared: a Submit that looked it up may outlast its place in the server's table.
  std::shared_ptr<ServedModel> model(new ServedModel(std::move(name), version, std::move(file),
                                                     std::move(options), metrics, context));
  TINYFOG_TRY(model->Start());
  return model;
}

Outcome<std::unique_ptr<Instance>> ServedModel::MakeFirst() {
  TINYFOG_TRY_ASSIGN(choice_, ChooseBackends(file_, *context_.engine, options_.threads));
  TINYFOG_TRY_ASSIGN(auto instance,
                     Instance::Create(file_, *context_.engine, {choice_.backends, options_.threads},
                                      std::move(choice_.network)));
  std::string reason;
  const auto asked = options_.max_batch;
  options_.max_batch = instance->ProveBatching(asked, reason);
  if (options_.max_batch < asked) {
    log::Warning("model cannot be batched",
                 {{"model", name_}, {"version", version_}, {"reason", reason}});
  }
  placement_ = instance->network().Profile();
  execution_ = instance->network().Execution();
  return instance;
}

Outcome<std::unique_ptr<Instance>> ServedModel::Prepare(bool first) {
  auto instance =
      first ? MakeFirst()
            : Instance::Create(file_, *context_.engine, {choice_.backends, options_.threads});
  if (!instance.ok()) return instance;
  for (std::uint32_t i = 0; i < options_.warmup; ++i) TINYFOG_TRY((*instance)->Warm());
  return instance;
}

Outcome<void> ServedModel::Start() {
  for (std::uint32_t i = 0; i < options_.instances; ++i) {
    std::promise<Outcome<void>> loaded;
    auto result = loaded.get_future();
    // Networks are made, used and freed by one thread only.
    threads_.emplace_back([this, first = i == 0, loaded = std::move(loaded)]() mutable {
      auto instance = Prepare(first);
      if (!instance.ok()) return loaded.set_value(std::move(instance).error());
      if (first) {
        queue_ = std::make_unique<RequestQueue>(
            RequestQueue::Limits{.capacity = options_.queue_capacity,
                                 .levels = options_.priority_levels,
                                 .max_batch = options_.max_batch,
                                 .max_delay = options_.max_queue_delay});
      }
      loaded.set_value({});
      Work(**instance);
    });
    TINYFOG_TRY(result.get());
  }
  return {};
}

bool ServedModel::Submit(Request& request) {
  const auto now = Clock::now();
  if (!request.deadline && options_.default_timeout.count() > 0) {
    request.deadline = now + options_.default_timeout;
  }
  auto pending = std::make_unique<Pending>();
  pending->request = std::move(request);
  pending->arrived = now;
  auto& moved = pending->request;
  for (auto& input : moved.inputs) input.bytes.reserve(input.bytes.size() + kReadableBehind);
  const auto refuse = [&](Error error) {
    statistics_.Failed(1, Clock::now() - now);
    Refuse(std::move(moved), version_, std::move(error), metrics_, context_.events);
    return true;
  };
  const bool perishable = moved.deadline || moved.cancel;
  if ((moved.deadline && *moved.deadline <= now) || (moved.cancel && moved.cancel->load())) {
    return refuse(WhyDead(moved));
  }
  if (auto valid = Validate(file_.signature, options_.max_batch, *pending); !valid.ok()) {
    return refuse(std::move(valid).error());
  }
  const auto level = moved.priority == 0 ? options_.default_priority : moved.priority;
  std::vector<PendingPtr> expired;
  context_.in_flight.Add();
  metrics_.queue_depth.Add(1);
  const auto pushed = queue_->Push(pending, level, expired);
  if (pushed == RequestQueue::Pushed::kAccepted) {
    if (perishable) context_.arm_expiry();
  } else {
    context_.in_flight.Remove();
    metrics_.queue_depth.Add(-1);
  }
  if (!expired.empty()) AnswerDead(expired);
  if (pushed == RequestQueue::Pushed::kClosed) {
    request = std::move(pending->request);
    return false;
  }
  if (pushed == RequestQueue::Pushed::kFull) {
    return refuse({Status::kResourceExhausted,
                   "the queue of " + name_ + " is full (queue_capacity is " +
                       std::to_string(options_.queue_capacity) + "); try again later"});
  }
  return true;
}

void ServedModel::Answer(Pending& pending, Response response) {
  response.model = name_;
  response.version = version_;
  Finish(pending.request, std::move(response), pending.arrived, metrics_, context_.events,
         file_.signature, options_.labels);
  context_.in_flight.Remove();
}

void ServedModel::AnswerDead(std::vector<PendingPtr>& dead) {
  if (dead.empty()) return;
  metrics_.queue_depth.Add(-static_cast<double>(dead.size()));
  const auto now = Clock::now();
  std::chrono::nanoseconds total{};
  for (const auto& pending : dead) total += now - pending->arrived;
  statistics_.Failed(dead.size(), total);
  for (const auto& pending : dead) {
    Response response{WhyDead(pending->request), {}, 0, {}};
    response.timings.queue = now - pending->arrived;
    Answer(*pending, std::move(response));
  }
  dead.clear();
}

void ServedModel::Work(Instance& instance) {
  BatchRun run(instance, file_.signature);
  Running::Worker running(context_.running);
  std::vector<PendingPtr> batch, dead;
  std::vector<std::vector<Tensor>> answers;
  while (queue_->Pop(batch, dead)) {
    AnswerDead(dead);
    if (batch.empty()) continue;
    metrics_.queue_depth.Add(-static_cast<double>(batch.size()));
    const auto start = Clock::now();
    running.Begin(start);
    const auto times = run.Run(batch, answers);
    const auto end = Clock::now();
    std::chrono::nanoseconds queued{}, total{};
    for (const auto& pending : batch) {
      queued += start - pending->arrived;
      total += end - pending->arrived;
      metrics_.queue_seconds.Observe(
          std::chrono::duration<double>(start - pending->arrived).count());
    }
    if (times.ok()) {
      statistics_.Executed(*times, batch.size(), queued, total);
      metrics_.compute_seconds.Observe(std::chrono::duration<double>(times->infer).count());
      metrics_.batch_size.Observe(times->rows);
    } else {
      statistics_.Failed(batch.size(), total);
    }
    for (std::size_t i = 0; i < batch.size(); ++i) {
      Response response{std::vector<Tensor>(), {}, 0, {}};
      if (times.ok()) {
        response.outputs = std::move(answers[i]);
        response.timings = {start - batch[i]->arrived, times->infer, times->rows};
      } else {
        response.outputs = times.error();
      }
      Answer(*batch[i], std::move(response));
    }
    batch.clear();
    running.End();
  }
}

void ServedModel::Retire() {
  if (queue_) queue_->Close();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t ServedModel::Abandon() {
  std::vector<PendingPtr> rest;
  queue_->Clear(rest);
  metrics_.queue_depth.Add(-static_cast<double>(rest.size()));
  for (const auto& pending : rest) {
    Answer(*pending, {Unavailable("the gateway is shutting down"), {}, 0, {}});
  }
  return rest.size();
}

bool ServedModel::Sweep() {
  std::vector<PendingPtr> dead;
  const bool left = queue_->Sweep(dead);
  AnswerDead(dead);
  return left;
}

ModelDescription ServedModel::Describe() const {
  ModelDescription description;
  description.model = name_;
  description.version = version_;
  description.inputs = file_.signature.inputs;
  description.outputs = file_.signature.outputs;
  description.options = options_;
  description.placement = placement_;
  description.execution = execution_;
  if (file_.only_tiny) description.execution += "; not by Arm NN: " + file_.only_tiny->message;
  description.checks = choice_.checks;
  description.quarantined = choice_.quarantined;
  description.file_bytes = file_.file_bytes;
  return description;
}

ModelStatistics ServedModel::Statistics() const {
  auto statistics = statistics_.Get();
  statistics.model = name_;
  statistics.version = version_;
  statistics.queue_depth = static_cast<std::uint32_t>(queue_->size());
  return statistics;
}

}  // namespace tinyfog::inference
