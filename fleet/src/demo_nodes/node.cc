#include "node.h"

#include <algorithm>
#include <random>

namespace tinyfog::demo {
namespace {

using std::chrono::steady_clock;
constexpr std::size_t kMostWaiting = 64;
constexpr std::chrono::milliseconds kLongestNap{50};

// The reason in an error answer, or "" for a result.
std::string Refusal(const mqtt::Message& answer) {
  std::string code, reason;
  for (const auto& [key, value] : answer.user_properties) {
    if (key == "status" && value != "0") code = value;
    if (key == "reason") reason = value;
  }
  if (!code.empty()) return reason.empty() ? "status " + code : reason;
  if (answer.payload.size() == kMotorStates) return "";
  return "an answer of " + std::to_string(answer.payload.size()) + " bytes";
}

}  // namespace

Node::Node(NodeOptions options, MotorModel model, Sink sink)
    : options_(std::move(options)),
      model_(model),
      sink_(std::move(sink)),
      session_number_(std::random_device()()),
      random_(options_.seed),
      matcher_(session_number_, options_.patience) {}

Node::~Node() {
  if (session_ != nullptr) session_->Stop(std::chrono::milliseconds(0));
}

Outcome<std::unique_ptr<Node>> Node::Create(NodeOptions options, MotorModel model, Sink sink) {
  std::unique_ptr<Node> node(new Node(std::move(options), model, std::move(sink)));
  Node* const self = node.get();
  mqtt::SessionOptions session;
  session.uri = self->options_.broker;
  session.client_id = self->options_.id;
  session.version = mqtt::Version::k5;  // requests need response topic and correlation data
  session.will = self->StateMessage(v1::NodeState::KIND_LOST);
  mqtt::SessionCallbacks callbacks;
  callbacks.on_message = [self](mqtt::Message message) { self->OnMessage(std::move(message)); };
  callbacks.on_connected = [self](mqtt::Version) {
    static_cast<void>(self->session_->Publish(self->StateMessage(v1::NodeState::KIND_READY)));
  };
  TINYFOG_TRY_ASSIGN(self->session_,
                     mqtt::Session::Create(std::move(session),
                                           {{self->Topic("down/infer/" + self->options_.model), 1}},
                                           std::move(callbacks)));
  return node;
}

std::string Node::Topic(const std::string& below) const {
  return "tinyfog/v1/" + options_.site + "/" + options_.id + "/" + below;
}

mqtt::Message Node::StateMessage(v1::NodeState::Kind kind) const {
  v1::NodeState state;
  state.set_kind(kind);
  state.set_session(session_number_);
  if (kind == v1::NodeState::KIND_READY) state.set_hardware("demo");
  mqtt::Message message;
  message.topic = Topic("up/state");
  message.payload = state.SerializeAsString();
  message.qos = 1;
  message.retained = true;
  return message;
}

void Node::OnMessage(mqtt::Message message) {
  const std::lock_guard lock(mutex_);
  inbox_.push_back({std::move(message), steady_clock::now()});
  arrived_.notify_one();
}

std::deque<Node::Arrival> Node::WaitForArrivals(Time until) {
  std::unique_lock lock(mutex_);
  arrived_.wait_until(lock, until, [this] { return !inbox_.empty(); });
  return std::exchange(inbox_, {});
}

void Node::SendWindow() {
  const MotorState truth = TrueState(options_.scenario, sent_);
  const QuantizedWindow window =
      Quantize(Generate(truth, random_), model_.input_scale, model_.input_zero_point);
  mqtt::Message message;
  message.topic = Topic("up/infer/" + options_.model);
  message.payload.assign(reinterpret_cast<const char*>(window.data()), window.size());
  message.qos = 1;
  message.response_topic = Topic("down/infer/" + options_.model);
  message.correlation_data = matcher_.Send({sent_, truth, steady_clock::now()});
  message.expiry = std::chrono::ceil<std::chrono::seconds>(options_.patience);
  if (!session_->Publish(std::move(message)).ok()) {
    matcher_.Forget(sent_);  // the next window takes its place
    return;
  }
  ++sent_;
}

void Node::Settle(const Arrival& arrival) {
  const auto match = matcher_.Answer(arrival.message.correlation_data, arrival.at);
  Reading reading;
  reading.node = options_.id;
  reading.fate = match.fate;
  if (match.request) {
    const auto waited = arrival.at - match.request->sent;
    reading.index = match.request->index;
    reading.truth = Label(match.request->truth);
    reading.latency_us = static_cast<std::uint64_t>(std::max<std::int64_t>(
        0, std::chrono::duration_cast<std::chrono::microseconds>(waited).count()));
  }
  if (const std::string why = Refusal(arrival.message); !why.empty()) {
    reading.answer = why;
    if (reading.fate == Fate::kAnswered) reading.fate = Fate::kRefused;
  } else {
    const auto* scores = reinterpret_cast<const std::int8_t*>(arrival.message.payload.data());
    const auto* best = std::max_element(scores, scores + kMotorStates);
    reading.answer = Label(static_cast<MotorState>(best - scores));
    reading.confidence =
        static_cast<double>(model_.output_scale) * (*best - model_.output_zero_point);
  }
  sink_(reading);
}

void Node::GiveUpOnLost(Time now) {
  for (const auto& request : matcher_.TakeLost(now)) {
    Reading reading;
    reading.node = options_.id;
    reading.index = request.index;
    reading.truth = Label(request.truth);
    reading.latency_us = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now - request.sent).count());
    reading.fate = Fate::kLost;
    sink_(reading);
  }
}

void Node::Run(const std::function<bool()>& stopping) {
  session_->Start();
  const auto period = std::chrono::duration_cast<steady_clock::duration>(
      std::chrono::duration<double>(1 / options_.rate));
  auto next = steady_clock::now();
  while (true) {
    const bool sending = !stopping() && (options_.count == 0 || sent_ < options_.count);
    if (!sending && matcher_.waiting() == 0) break;
    auto now = steady_clock::now();
    if (sending && now >= next) {
      if (session_->connected() && matcher_.waiting() < kMostWaiting) SendWindow();
      next = std::max(next + period, now - period);  // a pause is not made up for
    }
    const auto until = sending ? std::min(next, now + kLongestNap) : now + kLongestNap;
    for (const Arrival& arrival : WaitForArrivals(until)) Settle(arrival);
    GiveUpOnLost(steady_clock::now());
  }
  static_cast<void>(session_->Publish(StateMessage(v1::NodeState::KIND_SLEEPING)));
  session_->Stop(std::chrono::seconds(1));
}

}  // namespace tinyfog::demo
