#include <algorithm>

#include "tinyfog/node/agent.h"

// What goes to the broker. Messages that must arrive wait until there is room; of the others those
// that find none are counted.
namespace tinyfog::node {
namespace {

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

bool Agent::Say(std::string_view topic, wire::Bytes payload, std::uint8_t qos, Token token) {
  MqttMessage message;
  message.topic = topic;
  message.payload = payload;
  message.qos = qos;
  message.retain = token == kStateToken;
  message.token = token;
  has_spoken_ = true;
  return !payload.empty() && client_.Publish(message) == Status::kOk;
}

void Agent::SayState() {
  if (!state_due_ || !client_.online()) return;
  if (!client_.HasRoom(topics_.state().size() + memory_.outbound.size())) return;
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
  Say(topics_.state(), WriteNodeState(state, memory_.outbound), 1, kStateToken);
}

void Agent::SayTelemetry() {
  if (!client_.online()) return;
  if (!telemetry_due_ && now_ms_ < next_telemetry_ms_) return;
  telemetry_due_ = false;
  next_telemetry_ms_ = now_ms_ + std::uint64_t{settings_.telemetry_interval_s} * 1000;
  wire::NodeTelemetry telemetry;
  telemetry.uptime_ms = now_ms_ - opened_ms_;
  telemetry.inferences = counters_.inferences;
  telemetry.inference_us = counters_.inference_us;
  telemetry.cascaded = counters_.cascaded;
  telemetry.stack_free_bytes = parts_.platform.StackFreeBytes();
  telemetry.messages_lost = counters_.messages_lost;
  const Topic topic = topics_.Make("up/telemetry");
  if (!Say(topic.view(), WriteNodeTelemetry(telemetry, memory_.outbound), 0)) {
    ++counters_.messages_lost;
  }
}

void Agent::SayUpdate() {
  if (!client_.online()) return;
  const Topic topic = topics_.Make("up/ota");
  wire::OtaReport report;
  while (client_.HasRoom(topic.view().size() + memory_.outbound.size()) &&
         updater_.TakeReport(now_ms_, report)) {
    Say(topic.view(), WriteOtaReport(report, memory_.outbound), 1);
    using State = wire::OtaReport::State;
    const bool is_news = report.state != State::kWant && report.state != State::kVerifying;
    state_due_ = state_due_ || (is_news && leaving_ == AgentEnd::kNone);
  }
}

void Agent::SayResult(const AgentResult& result, std::uint32_t input_crc,
                      std::uint32_t output_crc) {
  if (client_.online()) {
    wire::NodeResult message;
    message.sequence = result.sequence;
    message.top_index = result.top_index;
    message.confidence_permille = result.confidence_permille;
    message.from_gateway = result.from_gateway;
    message.input_crc = input_crc;
    message.output_crc = output_crc;
    std::array<std::uint8_t, 64> buffer;
    const Topic topic = topics_.Make("up/result/", result.model);
    if (!topic.ok() || !Say(topic.view(), WriteNodeResult(message, buffer), 0)) {
      ++counters_.messages_lost;
    }
  }
  if (parts_.application != nullptr) parts_.application->OnResult(result);
}

}  // namespace tinyfog::node
