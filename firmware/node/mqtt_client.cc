#include "tinyfog/node/mqtt_client.h"

#include <algorithm>

namespace tinyfog::node {

using wire::MqttReason;
using wire::MqttVersion;

namespace {

constexpr std::uint32_t kGoodbyeMs = 1000;
// The broker may be one that closes on a version that it does not know.
constexpr std::uint8_t kSilentEnds = 2;

}  // namespace

MqttClient::MqttClient(const MqttClientConfig& config, const MqttClientMemory& memory,
                       MqttHandler& handler)
    : MqttClientStanding{},
      handler_(handler),
      memory_(memory),
      backoff_(config.shortest_backoff_ms, config.longest_backoff_ms, config.seed),
      decoder_(memory.receive),
      config_(config),
      outbox_(memory.outbox) {
  config_.connect.properties.topic_alias_maximum = static_cast<std::uint16_t>(
      std::min(memory.aliases.size() / kAliasBytes, alias_bytes_.size()));
}

void MqttClient::Start(std::uint64_t now_ms) {
  now_ms_ = now_ms;
  is_stopping_ = false;
  if (state_ != State::kStopped) return;
  is_known_ = false;
  Enter(State::kOpening, config_.response_ms);
}

void MqttClient::Stop() {
  is_stopping_ = true;
  if (state_ == State::kWaiting) {
    state_ = State::kStopped;
  } else if (state_ != State::kStopped && state_ != State::kClosing) {
    End(MqttEnd::kStopped, MqttReason::kSuccess);
  }
}

bool MqttClient::wants_transport() const {
  if (state_ == State::kClosing) return control_bytes_ > 0;
  return state_ > State::kWaiting;
}

void MqttClient::Enter(State state, std::uint32_t for_ms) {
  state_ = state;
  deadline_ = now() + for_ms;
}

void MqttClient::TransportOpened() {
  if (state_ != State::kOpening) return;
  Enter(State::kHandshake, config_.response_ms);
  decoder_.Reset(version_);
  is_connect_sent_ = false;
  control_bytes_ = 0;
  awaits_pong_ = false;
  alias_topics_ = {};
  alias_bytes_ = {};
  inbound_open_ = false;

  wire::MqttConnect& connect = config_.connect;
  connect.clean_start = connect.properties.session_expiry_s == 0 || !is_known_;
  wire::Writer writer = Control();
  WriteMqttConnect(writer, version_, connect);
  if (!Queue(writer)) End(MqttEnd::kProtocol, MqttReason::kPacketTooLarge);
}

void MqttClient::ChangeVersion() {
  version_ = version_ == MqttVersion::k5 ? MqttVersion::k311 : MqttVersion::k5;
}

void MqttClient::TransportClosed() {
  if (state_ <= State::kWaiting) return;
  if (state_ == State::kHandshake && is_connect_sent_ && ++silent_ends_ >= kSilentEnds) {
    ChangeVersion();
    silent_ends_ = 0;
  }
  if (state_ != State::kClosing) End(MqttEnd::kTransport, MqttReason::kSuccess);
  control_bytes_ = 0;
  Enter(is_stopping_ ? State::kStopped : State::kWaiting, backoff_.NextMs());
}

// The connection is over but for a last word, and whatever was under way with it.
void MqttClient::End(MqttEnd end, MqttReason reason) {
  const bool was_online = state_ == State::kOnline;
  Enter(State::kClosing, kGoodbyeMs);
  awaits_pong_ = false;
  // In the middle of a message there is no room for a DISCONNECT.
  const bool can_speak = was_online && !sending_ && end != MqttEnd::kServer;
  if (!can_speak) control_bytes_ = 0;
  sending_ = false;
  head_left_ = 0;
  if (can_speak && end != MqttEnd::kTransport) {
    wire::Writer writer = Control();
    WriteMqttDisconnect(writer, version_, reason);
    Queue(writer);
  }
  if (inbound_open_) {
    inbound_open_ = false;
    if (inbound_status_ == Status::kOk) handler_.OnMessageLost();
  }
  handler_.OnOffline(end, reason);
}

// Until a SUBACK or UNSUBACK is late.
std::uint32_t MqttClient::SubscriptionWait() const {
  std::uint32_t wait = kForever;
  for (const Subscription& s : subscriptions_) {
    if (s.want == Want::kSubscribing || s.want == Want::kLeaving) {
      wait = std::min(wait, MsUntil(s.deadline, now()));
    }
  }
  return wait;
}

// Until a PINGREQ is to be sent, or its answer is late.
std::uint32_t MqttClient::KeepAliveWait() const {
  if (awaits_pong_) return MsUntil(pong_deadline_, now());
  return keep_alive_ms_ == 0 ? kForever : MsUntil(last_sent_ + keep_alive_ms_, now());
}

std::uint32_t MqttClient::WaitMs() const {
  if (state_ == State::kOnline) return std::min(SubscriptionWait(), KeepAliveWait());
  const bool is_over = state_ == State::kClosing && control_bytes_ == 0;
  return state_ == State::kStopped || is_over ? kForever : MsUntil(deadline_, now());
}

void MqttClient::Tick(std::uint64_t now_ms) {
  now_ms_ = now_ms;
  if (state_ == State::kOnline && MsUntil(deadline_, now()) == 0) backoff_.Reset();
  if (WaitMs() > 0) return;
  if (state_ == State::kWaiting) {
    Enter(State::kOpening, config_.response_ms);
  } else if (state_ == State::kClosing) {
    control_bytes_ = 0;  // nobody takes the goodbye
  } else if (state_ != State::kOnline) {
    End(MqttEnd::kTimeout, MqttReason::kSuccess);
  } else if (SubscriptionWait() == 0) {
    End(MqttEnd::kTimeout, MqttReason::kProtocolError);
  } else if (awaits_pong_) {
    End(MqttEnd::kTimeout, MqttReason::kKeepAliveTimeout);
  } else {
    // With no room for it nothing leaves either, and silence shows that.
    wire::Writer writer = Control();
    wire::WriteMqttPingreq(writer);
    Queue(writer);
    awaits_pong_ = true;
    pong_deadline_ = now() + config_.response_ms;
  }
}

}  // namespace tinyfog::node
