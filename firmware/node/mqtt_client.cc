#include "tinyfog/node/mqtt_client.h"

#include <algorithm>

#include "mqtt_client_internal.h"

namespace tinyfog::node {

using wire::MqttReason;
using wire::MqttVersion;

namespace {

constexpr std::uint64_t kNever = ~std::uint64_t{0};
constexpr std::uint64_t kGoodbyeMs = 1000;
// A connection that lasted so long was a good one: the next attempt comes soon.
constexpr std::uint64_t kStableMs = 10000;
// The broker may be one that closes on a version that it does not know.
constexpr std::uint8_t kSilentEnds = 2;

}  // namespace

MqttClient::MqttClient(const MqttClientConfig& config, const MqttClientMemory& memory,
                       MqttHandler& handler)
    : config_(config),
      memory_(memory),
      handler_(handler),
      decoder_(memory.receive),
      outbox_(memory.outbox),
      backoff_(config.shortest_backoff_ms, config.longest_backoff_ms, config.seed) {}

void MqttClient::Start(std::uint64_t now_ms) {
  stopping_ = false;
  if (state_ != State::kStopped) return;
  is_known_ = false;
  Open(now_ms);
}

void MqttClient::Stop(std::uint64_t now_ms) {
  stopping_ = true;
  if (state_ == State::kWaiting) {
    state_ = State::kStopped;
  } else if (state_ != State::kStopped && state_ != State::kClosing) {
    End(now_ms, MqttEnd::kStopped, MqttReason::kSuccess);
  }
}

bool MqttClient::wants_transport() const {
  switch (state_) {
    case State::kStopped:
    case State::kWaiting:
      return false;
    case State::kClosing:
      return control_bytes_ > 0;
    default:
      return true;
  }
}

void MqttClient::Open(std::uint64_t now_ms) {
  state_ = State::kOpening;
  connect_sent_ = false;
  deadline_ms_ = now_ms + config_.response_ms;
}

void MqttClient::TransportOpened(std::uint64_t now_ms) {
  if (state_ != State::kOpening) return;
  state_ = State::kHandshake;
  deadline_ms_ = now_ms + config_.response_ms;
  decoder_.Reset(version_);
  control_bytes_ = 0;
  pong_deadline_ms_ = 0;
  alias_topics_ = {};
  alias_bytes_ = {};
  inbound_open_ = false;

  wire::MqttConnect connect;
  connect.client_id = config_.client_id;
  connect.user = config_.user;
  connect.password = config_.password;
  connect.keep_alive_s = config_.keep_alive_s;
  connect.clean_start = config_.session_expiry_s == 0 || !is_known_;
  connect.will = config_.will;
  connect.properties.session_expiry_s = config_.session_expiry_s;
  connect.properties.receive_maximum = config_.receive_maximum;
  connect.properties.maximum_packet_bytes = config_.maximum_packet_bytes;
  connect.properties.topic_alias_maximum = static_cast<std::uint16_t>(
      std::min(memory_.aliases.size() / kAliasBytes, alias_bytes_.size()));
  const bool fits = Queue([&](wire::Writer& w) { WriteMqttConnect(w, version_, connect); });
  if (!fits) End(now_ms, MqttEnd::kProtocol, MqttReason::kPacketTooLarge);
}

void MqttClient::TransportClosed(std::uint64_t now_ms) {
  if (state_ == State::kStopped || state_ == State::kWaiting) return;
  if (state_ == State::kHandshake && connect_sent_ && ++silent_ends_ >= kSilentEnds) {
    version_ = version_ == MqttVersion::k5 ? MqttVersion::k311 : MqttVersion::k5;
    silent_ends_ = 0;
  }
  if (state_ != State::kClosing) End(now_ms, MqttEnd::kTransport, MqttReason::kSuccess);
  Rest(now_ms);
}

// The connection is over but for a last word, and whatever was under way with it.
void MqttClient::End(std::uint64_t now_ms, MqttEnd end, MqttReason reason) {
  const bool was_online = state_ == State::kOnline;
  if (was_online && now_ms - online_since_ms_ >= kStableMs) backoff_.Reset();
  state_ = State::kClosing;
  deadline_ms_ = now_ms + kGoodbyeMs;
  pong_deadline_ms_ = 0;
  // In the middle of a message there is no room for a DISCONNECT.
  const bool can_speak = was_online && !sending_ && end != MqttEnd::kServer;
  if (!can_speak) control_bytes_ = 0;
  sending_ = false;
  head_left_ = 0;
  if (can_speak && end != MqttEnd::kTransport) {
    Queue([&](wire::Writer& w) { WriteMqttDisconnect(w, version_, reason); });
  }
  if (inbound_open_) {
    inbound_open_ = false;
    if (inbound_status_ == Status::kOk) handler_.OnMessageLost();
  }
  handler_.OnOffline(end, reason);
}

// After a closed transport.
void MqttClient::Rest(std::uint64_t now_ms) {
  control_bytes_ = 0;
  state_ = stopping_ ? State::kStopped : State::kWaiting;
  deadline_ms_ = now_ms + backoff_.NextMs();
}

void MqttClient::Tick(std::uint64_t now_ms) {
  if (state_ == State::kStopped) return;
  if (state_ == State::kOnline) {
    for (Subscription& s : subscriptions_) {
      const bool waits = s.want == Want::kSubscribing || s.want == Want::kLeaving;
      if (waits && now_ms >= s.deadline_ms) {
        return End(now_ms, MqttEnd::kTimeout, MqttReason::kProtocolError);
      }
    }
    if (pong_deadline_ms_ != 0) {
      if (now_ms >= pong_deadline_ms_)
        End(now_ms, MqttEnd::kTimeout, MqttReason::kKeepAliveTimeout);
    } else if (keep_alive_ms_ != 0 && now_ms - last_sent_ms_ >= keep_alive_ms_) {
      // With no room for it nothing leaves either, and silence shows that.
      Queue([](wire::Writer& w) { WriteMqttPingreq(w); });
      pong_deadline_ms_ = now_ms + config_.response_ms;
    }
    return;
  }
  if (now_ms < deadline_ms_) return;
  if (state_ == State::kWaiting) {
    Open(now_ms);
  } else if (state_ == State::kClosing) {
    control_bytes_ = 0;  // nobody takes the goodbye
  } else {
    End(now_ms, MqttEnd::kTimeout, MqttReason::kSuccess);
  }
}

std::uint64_t MqttClient::NextDeadline() const {
  if (state_ == State::kStopped) return kNever;
  if (state_ == State::kClosing && control_bytes_ == 0) return kNever;
  if (state_ != State::kOnline) return deadline_ms_;
  std::uint64_t next = kNever;
  if (pong_deadline_ms_ != 0) {
    next = pong_deadline_ms_;
  } else if (keep_alive_ms_ != 0) {
    next = last_sent_ms_ + keep_alive_ms_;
  }
  for (const Subscription& s : subscriptions_) {
    if (s.want == Want::kSubscribing || s.want == Want::kLeaving) {
      next = std::min(next, s.deadline_ms);
    }
  }
  return next;
}

}  // namespace tinyfog::node
