#include <algorithm>

#include "tinyfog/node/agent.h"

// What goes to the broker. Messages that must arrive wait until there is room; of the others those
// that find none are counted.
namespace tinyfog::node {
namespace {

using namespace std::string_view_literals;

using OperatorBits = std::array<std::uint8_t, wire::kOperatorBytes>;

// Bit i of byte i/8: there is a kernel for opcode i.
wire::Bytes OperatorsOf(nn::OperatorTable operators, OperatorBits& bits) {
  bits = {};
  std::size_t used = 0;
  for (const nn::OperatorEntry& entry : operators) {
    const auto opcode = static_cast<std::size_t>(entry.opcode);
    if (opcode / 8 >= bits.size()) continue;
    bits[opcode / 8] = static_cast<std::uint8_t>(bits[opcode / 8] | 1u << opcode % 8);
    used = std::max(used, opcode / 8 + 1);
  }
  return wire::Bytes(bits).first(used);
}

}  // namespace

// Below the node's root. False, and counted, when there is no room for it.
bool Agent::Say(MqttMessage& message) {
  message.topic = topics_.root();
  message.retain = message.token == kStateToken;
  has_spoken_ = true;
  const bool is_taken = !message.payload.empty() && client_.Publish(message) == Status::kOk;
  if (!is_taken) ++counters_.messages_lost;
  return is_taken;
}

// For whatever fits into the buffer of outbound messages.
bool Agent::HasRoom() const {
  return client_.online() &&
         client_.HasRoom(topics_.state().size() + memory_.outbound.size());
}

void Agent::SayState() {
  if (!state_due_ || !HasRoom()) return;
  using Kind = wire::NodeState::Kind;
  wire::NodeState state;
  state.session = record_.session;
  // Birth comes first, even where nothing else has to be done any more.
  const bool is_ready = is_born_ && self_test_ == SelfTest::kPassed;
  state.kind = is_ready ? Kind::kReady : Kind::kBorn;
  OperatorBits bits;
  if (leaving_ != AgentEnd::kNone) {
    state.kind = Kind::kSleeping;
  } else {
    const UpdaterConfig& updater = config_.updater;
    state.hardware = updater.trust.hardware_id;
    state.target = config_.target;
    state.tfm_version = nn::kFormatVersion;
    state.operators = OperatorsOf(updater.operators, bits);
    state.firmware = updater_.firmware();
    state.models = updater_.models();
    state.model_counter = updater_.model_counter();
    state.arena_bytes = static_cast<std::uint32_t>(updater.arena.size());
    state.model_slot_bytes = ModelBytes(updater.map);
    state.firmware_slot_bytes = updater.has_bootloader ? updater.map.firmware.slot_bytes : 0;
    state.desired = settings_.version;
    state.reset = config_.reset_reason;
    state.crash = {record_.crashes, record_.crash.pc, record_.crash.lr, record_.crash.status,
                   record_.crash_session};
  }
  state_due_ = !is_born_ && self_test_ == SelfTest::kPassed && leaving_ == AgentEnd::kNone;
  is_born_ = true;
  MqttMessage message;
  message.tail = "up/state"sv;
  message.payload = WriteNodeState(state, memory_.outbound);
  message.qos = 1;
  message.token = kStateToken;
  Say(message);
}

void Agent::SayTelemetry() {
  if (!client_.online()) return;
  if (!telemetry_due_ && now_ms_ < next_telemetry_ms_) return;
  telemetry_due_ = false;
  next_telemetry_ms_ = now_ms_ + std::uint64_t{settings_.telemetry_interval_s} * 1000;
  counters_.uptime_ms = now_ms_ - opened_ms_;
  counters_.stack_free_bytes = parts_.platform.StackFreeBytes();
  MqttMessage message;
  message.tail = "up/telemetry"sv;
  message.payload = WriteNodeTelemetry(counters_, memory_.outbound);
  Say(message);
}

void Agent::SayUpdate() {
  wire::OtaReport report;
  while (HasRoom() && updater_.TakeReport(now_ms_, report)) {
    MqttMessage message;
    message.tail = "up/ota"sv;
    message.payload = WriteOtaReport(report, memory_.outbound);
    message.qos = 1;
    Say(message);
    using State = wire::OtaReport::State;
    const bool is_news = report.state != State::kWant && report.state != State::kVerifying;
    state_due_ = state_due_ || (is_news && leaving_ == AgentEnd::kNone);
  }
}

// `as`: how its output is to be read.
void Agent::SayResult(AgentResult& result, const Quantisation& as) {
  const Classified classified = Classify(as, result.output);
  result.top_index = classified.top_index;
  result.confidence_permille = classified.confidence_permille;
  if (client_.online()) {
    std::array<std::uint8_t, 64> buffer;
    MqttMessage message;
    message.tail = "up/result/"sv;
    message.name = result.model;
    message.payload = WriteNodeResult(result, buffer);
    Say(message);
  }
  if (parts_.application != nullptr) parts_.application->OnResult(result);
}

}  // namespace tinyfog::node
