#include <algorithm>
#include <utility>

#include "tinyfog/node/agent.h"

// What comes from the broker: desired states wait for Work, chunks stream into the updater,
// commands and answers are dealt with at once.
namespace tinyfog::node {
namespace {

using namespace std::string_view_literals;

// What is behind the node's root, in the order of Inbound; behind the last one goes a model's name.
constexpr std::string_view kTails[] = {"down/desired", "down/cmd", "down/error", "down/infer/"};

// The window's number that SendUp gave to a request; 0: it is none.
std::uint64_t SequenceOf(wire::Bytes correlation) {
  if (correlation.size() != sizeof(std::uint64_t)) return 0;
  wire::Reader reader(correlation);
  const std::uint64_t high = reader.U32();
  return high << 32 | reader.U32();
}

}  // namespace

// The client forgets a filter that the broker refuses: this connection may be the one that takes
// it.
void Agent::OnOnline(bool) {
  state_due_ = true;
  if (!client_.Holds(topics_.down())) static_cast<void>(client_.Subscribe(topics_.down(), 1));
  if (is_following_) is_following_ = client_.Holds(topics_.artifact(followed_));
}

void Agent::OnOffline(MqttEnd, wire::MqttReason) {}

Status Agent::OnMessage(const wire::MqttPublish& message) {
  inbound_ = Inbound::kNone;
  inbound_bytes_ = 0;
  if (is_following_) {
    const std::uint32_t chunk = topics_.ChunkOf(followed_, message.topic);
    if (chunk != Topics::kNoChunk) {
      const Status begun = updater_.BeginChunk(followed_digest_, chunk, message.payload_bytes);
      if (begun == Status::kOk) inbound_ = Inbound::kChunk;
      return begun;
    }
  }
  std::string_view tail = message.topic;
  if (!TakeOff(tail, topics_.root())) return Status::kNotFound;
  std::size_t i = 0;
  while (i < std::size(kTails) && !TakeOff(tail, kTails[i])) ++i;
  const Inbound inbound{static_cast<std::uint8_t>(i + 1)};
  const std::size_t room =
      inbound == Inbound::kDesired ? memory_.desired.size() : memory_.inbound.size();
  if (message.payload_bytes > room) return Status::kResourceExhausted;
  inbound_model_ = tail;
  if (inbound == Inbound::kAnswer) return BeginAnswer(message, tail.empty());
  if (!tail.empty() || i == std::size(kTails)) return Status::kNotFound;
  if (inbound == Inbound::kError) return BeginAnswer(message, true);
  if (inbound == Inbound::kDesired) {
    desired_bytes_ = 0;
    desired_due_ = false;
  } else if (message.retain) {
    // One that was kept is an old one: a command is for the node as it is now.
    return Status::kInvalidArgument;
  }
  inbound_ = inbound;
  return Status::kOk;
}

Status Agent::BeginAnswer(const wire::MqttPublish& message, bool is_error) {
  const std::string_view status = MqttUserProperty(message.properties, "status"sv);
  if (!status.empty() && status != "0"sv) is_error = true;
  inbound_sequence_ = SequenceOf(message.properties.correlation);
  // The answer to somebody else's request with correlation data of another form.
  if (inbound_sequence_ == 0 && !message.properties.correlation.empty()) return Status::kNotFound;
  inbound_ = is_error ? Inbound::kError : Inbound::kAnswer;
  return Status::kOk;
}

void Agent::OnPayload(std::uint32_t offset, wire::Bytes piece) {
  if (inbound_ == Inbound::kChunk) return updater_.ChunkPiece(piece);
  const std::span<std::uint8_t> to =
      inbound_ == Inbound::kDesired ? memory_.desired : memory_.inbound;
  std::copy(piece.begin(), piece.end(), to.begin() + offset);
  inbound_bytes_ = offset + static_cast<std::uint32_t>(piece.size());
}

Status Agent::OnMessageEnd() {
  switch (std::exchange(inbound_, Inbound::kNone)) {
    case Inbound::kChunk:
      return updater_.EndChunk();
    case Inbound::kDesired:
      desired_bytes_ = inbound_bytes_;
      desired_due_ = true;
      return Status::kOk;
    case Inbound::kCommand: {
      wire::NodeCommand command;
      const Status parsed = wire::ParseNodeCommand(memory_.inbound.first(inbound_bytes_), command);
      return parsed == Status::kOk ? Obey(command) : parsed;
    }
    case Inbound::kAnswer:
      TakeAnswer();
      return Status::kOk;
    case Inbound::kError:
      if (PendingSamples::Sample sample; pending_.Take(inbound_sequence_, sample)) {
        if (parts_.application != nullptr) parts_.application->OnNoAnswer(sample.sequence);
      }
      return Status::kOk;
    default:
      return Status::kOk;
  }
}

void Agent::OnMessageLost() {
  if (std::exchange(inbound_, Inbound::kNone) == Inbound::kChunk) updater_.AbandonChunk();
}

void Agent::OnDelivered(std::uint32_t token, wire::MqttReason reason) {
  if (token == kSampleToken) is_sample_lent_ = false;
  if (token == kStateToken && !Failed(reason)) has_reached_broker_ = true;
}

// What is malformed changes nothing: the gateway sees that its version is not taken over.
void Agent::ReadDesired() {
  const bool is_new = std::exchange(desired_due_, false);
  if (desired_bytes_ == 0) return;
  wire::Desired desired;
  if (wire::ParseDesired(memory_.desired.first(desired_bytes_), desired) != Status::kOk) {
    desired_bytes_ = 0;
    return;
  }
  if (is_new) {
    state_due_ = state_due_ || desired.version != settings_.version;
    settings_.version = desired.version;
    Apply(desired.settings);
  }
  updater_.Want(desired);
}

void Agent::Apply(const wire::DesiredSettings& settings) {
  const auto or_own = [](std::uint32_t desired, std::uint32_t own) {
    return desired != 0 ? desired : own;
  };
  settings_.sample_interval_ms = or_own(settings.sample_interval_ms, config_.sample_interval_ms);
  settings_.telemetry_interval_s =
      or_own(settings.telemetry_interval_s, config_.telemetry_interval_s);
  settings_.cascade_permille = settings.cascade_permille;
  cascade_model_.Clear();
  cascade_model_.Add(settings.cascade_model);
  // The new intervals count from now on.
  const std::uint64_t telemetry_ms = std::uint64_t{settings_.telemetry_interval_s} * 1000;
  next_telemetry_ms_ = std::min(next_telemetry_ms_, now_ms_ + telemetry_ms);
  next_sample_ms_ = std::min(next_sample_ms_, now_ms_ + settings_.sample_interval_ms);
}

Status Agent::Obey(const wire::NodeCommand& command) {
  if (command.id != 0 && command.id == record_.last_command) return Status::kOk;
  record_.last_command = command.id;
  switch (command.verb) {
    case wire::NodeCommand::Verb::kReboot: {
      // Kept, so that the same command does not come again behind the reset.
      const Status written = log_.Write(boot::RecordBytes(record_));
      if (written == Status::kOk) Leave(AgentEnd::kReset);
      return written;
    }
    case wire::NodeCommand::Verb::kSendTelemetry:
      telemetry_due_ = true;
      return Status::kOk;
    case wire::NodeCommand::Verb::kSendState:
      state_due_ = true;
      return Status::kOk;
    case wire::NodeCommand::Verb::kSelfTest:
      self_test_ = SelfTest::kDue;
      return Status::kOk;
    default:
      return Status::kUnimplemented;
  }
}

// Subscribes to the chunks that the updater wants, and to no others.
void Agent::FollowArtifact() {
  const auto wanted = updater_.wanted();
  if (is_following_ && (!wanted || followed_digest_ != *wanted)) {
    static_cast<void>(client_.Unsubscribe(topics_.artifact(followed_)));
    is_following_ = false;
    has_spoken_ = true;
  }
  if (!wanted || is_following_) return;
  const std::uint8_t free = 1 - followed_;
  if (!topics_.artifact(free).empty() && client_.Holds(topics_.artifact(free))) return;
  const std::string_view filter = topics_.FollowArtifact(free, *wanted);
  if (client_.Subscribe(filter, 1) != Status::kOk) return;
  followed_ = free;
  followed_digest_ = *wanted;
  is_following_ = has_spoken_ = true;
}

}  // namespace tinyfog::node
