#include <algorithm>

#include "tinyfog/base/crc32.h"
#include "tinyfog/node/agent.h"

// From the sensor to a result: by the node's own model, by the gateway's, or by both.
namespace tinyfog::node {

using namespace std::string_view_literals;

// The interpreter follows the updater: another model, or a golden test that went over the arena.
void Agent::NoticeModel() {
  const ActiveModel* active = updater_.model();
  if (active == nullptr) {
    interpreter_.reset();
    return;
  }
  if (interpreter_ && arena_uses_ == updater_.arena_uses()) return;
  arena_uses_ = updater_.arena_uses();
  interpreter_.reset();
  const UpdaterConfig& config = config_.updater;
  const auto model = nn::Model::Open(active->tfm, config.operators, config.target);
  if (!model.ok()) return;
  const auto created = nn::Interpreter::Create(*model, config.arena);
  if (!created.ok()) return;
  interpreter_.emplace(*created);
  interpreter_->set_hook({[](void* platform, std::uint16_t, bool) {
                            static_cast<hal::Platform*>(platform)->FeedWatchdog();
                          },
                          &parts_.platform});
}

// Whether anybody would take a window: if not, the sensor rests.
bool Agent::TakesWindows() const {
  return pipeline_ && (interpreter_ || !GatewayModel(false).empty());
}

void Agent::Sample() {
  if (!TakesWindows()) return;
  const bool is_due = now_ms_ >= next_sample_ms_;
  if (!pipeline_->is_continuous()) {
    if (!is_due && !is_sampling_) return;
    if (!is_sampling_) pipeline_->Restart(now_ms_);
    is_sampling_ = true;
  }
  const bool is_whole = pipeline_->Collect(now_ms_);
  if (!is_whole || !is_due) return;
  is_sampling_ = false;
  // Windows that were missed are not made up for.
  const std::uint64_t next = next_sample_ms_ + settings_.sample_interval_ms;
  next_sample_ms_ = next > now_ms_ ? next : now_ms_ + settings_.sample_interval_ms;
  TakeWindow();
}

void Agent::TakeWindow() {
  ++sequence_;
  Quantisation as = config_.offload_input;
  std::span<std::uint8_t> to = is_sample_lent_ ? std::span<std::uint8_t>() : memory_.sample;
  bool is_local = false;
  if (interpreter_ && interpreter_->model().input_count() == 1) {
    const nn::Model& model = interpreter_->model();
    const Quantisation own = QuantisationOf(model, model.input(0));
    const std::span<std::uint8_t> input = interpreter_->input(0);
    is_local = IsQuantisable(own.type) &&
               input.size() == std::size_t{pipeline_->elements()} * SizeOf(own.type);
    if (is_local) as = own;
    if (is_local && to.size() < input.size()) to = input;
  }
  const std::string_view gateway_model = GatewayModel(is_local);
  const std::span<const std::uint8_t> window = pipeline_->Take(as, to);
  if (window.empty()) {
    ++counters_.messages_lost;
    return;
  }
  const std::uint32_t input_crc = Crc32(window);
  const bool is_sure = is_local && Compute(window, input_crc);
  const bool is_sendable = window.data() == memory_.sample.data();
  if (!is_sure && is_sendable && !gateway_model.empty()) SendUp(window, input_crc, gateway_model);
}

// True when the node's own answer is good enough.
bool Agent::Compute(std::span<const std::uint8_t> window, std::uint32_t input_crc) {
  const nn::Model& model = interpreter_->model();
  const std::span<std::uint8_t> input = interpreter_->input(0);
  if (window.data() != input.data()) std::copy(window.begin(), window.end(), input.begin());
  const std::uint32_t begin = parts_.platform.Microseconds();
  interpreter_->Run();
  counters_.inference_us = parts_.platform.Microseconds() - begin;
  ++counters_.inferences;
  std::uint32_t output_crc = 0;
  for (std::uint16_t i = 0; i < model.output_count(); ++i) {
    output_crc = Crc32(interpreter_->output(i), output_crc);
  }
  AgentResult result;
  result.model = updater_.model()->manifest.name;
  result.sequence = sequence_;
  result.input_crc = input_crc;
  result.output_crc = output_crc;
  if (model.output_count() > 0) result.output = interpreter_->output(0);
  SayResult(result, OwnOutput());
  return settings_.cascade_permille == 0 ||
         result.confidence_permille >= settings_.cascade_permille;
}

// Of the node's own model.
Quantisation Agent::OwnOutput() const {
  const nn::Model& model = interpreter_->model();
  return model.output_count() > 0 ? QuantisationOf(model, model.output(0)) : Quantisation{};
}

// Who answers at the gateway; empty: nobody.
std::string_view Agent::GatewayModel(bool has_local) const {
  if (!cascade_model_.view().empty()) return cascade_model_.view();
  return has_local ? updater_.model()->manifest.name : config_.offload_model;
}

// The window is lent to the client, not copied. Without a connection the node is on its own.
void Agent::SendUp(std::span<const std::uint8_t> window, std::uint32_t input_crc,
                   std::string_view model) {
  const bool correlates = client_.version() == wire::MqttVersion::k5;
  if (!client_.online() || !pending_.HasRoom(correlates)) {
    ++counters_.messages_lost;
    return;
  }
  std::array<std::uint8_t, sizeof(sequence_)> correlation;
  wire::Writer writer(correlation);
  writer.U32(static_cast<std::uint32_t>(sequence_ >> 32));
  writer.U32(static_cast<std::uint32_t>(sequence_));
  MqttMessage message;
  message.tail = "up/infer/"sv;
  message.name = model;
  message.payload = window;
  message.borrow = true;
  message.qos = config_.offload_qos;
  message.correlation = correlation;
  message.expiry_s = (config_.offload_ms + 999) / 1000;
  message.token = kSampleToken;
  if (!Say(message)) return;
  is_sample_lent_ = true;
  pending_.Add({sequence_, input_crc, now() + config_.offload_ms, false});
  ++counters_.cascaded;
}

// The whole answer is in memory_.inbound.
void Agent::TakeAnswer() {
  PendingSamples::Sample sample;
  if (!pending_.Take(inbound_sequence_, sample)) return;
  AgentResult result;
  result.model = inbound_model_;
  result.sequence = sample.sequence;
  result.from_gateway = true;
  result.input_crc = sample.input_crc;
  result.output = memory_.inbound.first(inbound_bytes_);
  result.output_crc = Crc32(result.output);
  const bool is_own = interpreter_ && updater_.model()->manifest.name == inbound_model_ &&
                      interpreter_->model().output_count() > 0;
  SayResult(result, is_own ? OwnOutput() : config_.offload_output);
}

void Agent::GiveUp() {
  PendingSamples::Sample sample;
  while (pending_.TakeExpired(now(), sample)) {
    if (parts_.application != nullptr) parts_.application->OnNoAnswer(sample.sequence);
  }
}

}  // namespace tinyfog::node
