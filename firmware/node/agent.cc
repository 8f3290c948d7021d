#include "tinyfog/node/agent.h"

#include <algorithm>

namespace tinyfog::node {
namespace {

constexpr std::uint32_t kRecordMagic = 0x314E4654;  // "TFN1"

}  // namespace

Agent::Agent(const AgentConfig& config, const AgentMemory& memory, const AgentParts& parts)
    : AgentStanding{},
      config_(config),
      parts_(parts),
      memory_(memory),
      log_(parts.flash, config.updater.map.node_state, kRecordMagic),
      client_(config.mqtt, memory.mqtt, *this),
      updater_(parts.flash, config.updater),
      topics_(config.site, config.node()) {
  Apply({});
  if (parts.sensor != nullptr) pipeline_.emplace(config.pipeline, memory.pipeline, *parts.sensor);
}

Status Agent::Open(std::uint64_t now_ms) {
  if (!topics_.ok() || (pipeline_ && !pipeline_->is_sound())) return Status::kInvalidArgument;
  if (const Status counted = CountStart(); counted != Status::kOk) return counted;
  if (const Status opened = updater_.Open(); opened != Status::kOk) return opened;
  StartClient(now_ms);
  return Status::kOk;
}

// Each start has a number of its own: so is a late will of an older one known.
Status Agent::CountStart() {
  const Status opened = log_.Open(boot::RecordBytes(record_));
  if (opened != Status::kOk) return opened;
  ++record_.session;
  if (config_.crash) {
    record_.crash = *config_.crash;
    record_.crash_session = record_.session - 1;
    ++record_.crashes;
  }
  return log_.Write(boot::RecordBytes(record_));
}

void Agent::StartClient(std::uint64_t now_ms) {
  wire::NodeState lost;
  lost.kind = wire::NodeState::Kind::kLost;
  lost.session = record_.session;
  client_.set_will({topics_.state(), WriteNodeState(lost, will_), 1, true});
  // There is room: it is the first one.
  static_cast<void>(client_.Subscribe(topics_.down(), 1));
  client_.Start(now_ms);
  now_ms_ = opened_ms_ = next_sample_ms_ = now_ms;
  next_telemetry_ms_ = now_ms + std::uint64_t{settings_.telemetry_interval_s} * 1000;
}

bool Agent::Work(std::uint64_t now_ms) {
  now_ms_ = now_ms;
  parts_.platform.FeedWatchdog();
  if (end_ != AgentEnd::kNone) return false;
  has_spoken_ = false;
  bool has_more = false;
  if (leaving_ == AgentEnd::kNone) {
    has_more = GoOn();
  } else {
    SayUpdate();
    SayState();
    GoOnLeaving();
  }
  return has_more || has_spoken_;
}

bool Agent::GoOn() {
  bool has_more = updater_.Work();
  if (!has_more) has_more = TestSelf();
  if (desired_due_ || updater_.wants_desired()) ReadDesired();
  NoticeModel();
  FollowArtifact();
  JudgeFirmware();
  SayUpdate();
  SayState();
  SayTelemetry();
  GiveUp();
  if (!has_more) Sample();
  if (updater_.wants_restart()) Leave(AgentEnd::kReset);
  return has_more;
}

// New firmware has some time to pass its self-test and to find the broker: what does neither is
// taken back by the bootloader.
void Agent::JudgeFirmware() {
  if (!updater_.is_testing_firmware()) return;
  if (self_test_ == SelfTest::kPassed && has_reached_broker_) {
    state_due_ = true;
    if (updater_.ConfirmFirmware() != Status::kOk) Leave(AgentEnd::kReset);
    return;
  }
  const bool is_late = WaitMs(opened_ms_ + config_.confirm_ms) == 0;
  if (self_test_ != SelfTest::kFailed && !is_late) return;
  // Where the reason cannot be kept, the revert itself is told.
  static_cast<void>(updater_.RejectFirmware(self_test_ == SelfTest::kFailed
                                                ? wire::UpdateReason::kSelfTest
                                                : wire::UpdateReason::kReverted));
  Leave(AgentEnd::kReset);
}

void Agent::Stop(std::uint64_t now_ms) {
  now_ms_ = now_ms;
  Leave(AgentEnd::kStopped);
}

void Agent::Leave(AgentEnd how) {
  if (leaving_ != AgentEnd::kNone) return;
  leaving_ = how;
  leave_by_ = now() + config_.goodbye_ms;
  state_due_ = true;
}

void Agent::GoOnLeaving() {
  if (!is_goodbye_said_) {
    const bool is_flushed =
        !state_due_ && client_.outbox_size() == 0 && updater_.NextReportMs() > now_ms_;
    if (client_.online() && !is_flushed && MsUntil(leave_by_, now()) > 0) return;
    client_.Stop();
    is_goodbye_said_ = has_spoken_ = true;
  }
  if (!client_.wants_transport()) end_ = leaving_;
}

std::uint64_t Agent::NextDeadline() const {
  return EndOfWait(now_ms_, std::min(client_.WaitMs(), WaitMs()));
}

std::uint32_t Agent::WaitMs(std::uint64_t until_ms) const {
  if (until_ms <= now_ms_) return 0;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(until_ms - now_ms_, kLongestMs));
}

// What the client has to wait for is not in it.
std::uint32_t Agent::WaitMs() const {
  if (leaving_ != AgentEnd::kNone) return is_goodbye_said_ ? kForever : MsUntil(leave_by_, now());
  std::uint32_t wait = pending_.WaitMs(now());
  if (updater_.is_testing_firmware()) {
    wait = std::min(wait, WaitMs(opened_ms_ + config_.confirm_ms));
  }
  if (client_.online()) {
    wait = std::min(wait, WaitMs(next_telemetry_ms_));
    // A report that finds no room waits for an acknowledgement, not for a time.
    if (HasRoom()) wait = std::min(wait, WaitMs(updater_.NextReportMs()));
  }
  if (!TakesWindows()) return wait;
  const std::uint32_t to_sample = WaitMs(next_sample_ms_);
  if (to_sample > 0) wait = std::min(wait, to_sample);
  const bool collects = is_sampling_ || to_sample == 0 || pipeline_->is_continuous();
  return collects ? std::min(wait, pipeline_->NextCollectMs()) : wait;
}

}  // namespace tinyfog::node
