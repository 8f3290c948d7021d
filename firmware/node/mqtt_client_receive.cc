#include <algorithm>

#include "mqtt_client_internal.h"

namespace tinyfog::node {
namespace {

using wire::MqttPacket;
using wire::MqttReason;
using wire::MqttVersion;
using Event = wire::MqttDecoder::Event;

// What a PUBACK may say of a message that the application does not take.
MqttReason ReasonOf(Status status) {
  switch (status) {
    case Status::kOk:
      return MqttReason::kSuccess;
    case Status::kResourceExhausted:
      return MqttReason::kQuotaExceeded;
    case Status::kPermissionDenied:
      return MqttReason::kNotAuthorized;
    case Status::kNotFound:
      return MqttReason::kTopicNameInvalid;
    default:
      return MqttReason::kImplementationSpecific;
  }
}

}  // namespace

std::size_t MqttClient::Receive(std::uint64_t now_ms, wire::Bytes bytes) {
  wire::Bytes input = bytes;
  if (!bytes.empty()) pong_deadline_ms_ = 0;
  while (state_ == State::kHandshake || state_ == State::kOnline) {
    if (control_bytes_ + kAnswerBytes > memory_.control.size()) break;
    const Event event = decoder_.Next(input);
    if (event == Event::kMalformed || event == Event::kTooLarge) {
      const bool is_large = event == Event::kTooLarge;
      End(now_ms, MqttEnd::kProtocol,
          is_large ? MqttReason::kPacketTooLarge : MqttReason::kMalformedPacket);
      break;
    }
    if (event == Event::kMore) break;
    bool allowed = true;
    if (event == Event::kPacket) {
      allowed = HandlePacket(now_ms);
    } else if (state_ != State::kOnline) {
      allowed = false;
    } else if (event == Event::kPublish) {
      allowed = HandlePublish();
    } else if (event == Event::kPayload) {
      if (inbound_status_ == Status::kOk) {
        handler_.OnPayload(inbound_offset_, decoder_.payload());
        inbound_offset_ += static_cast<std::uint32_t>(decoder_.payload().size());
      }
    } else {
      Acknowledge();
    }
    if (!allowed) End(now_ms, MqttEnd::kProtocol, MqttReason::kProtocolError);
  }
  // What comes after the end of a connection is of no interest.
  const bool is_over = state_ != State::kHandshake && state_ != State::kOnline;
  return is_over ? bytes.size() : bytes.size() - input.size();
}

// False when the broker must not send that, here or now.
bool MqttClient::HandlePacket(std::uint64_t now_ms) {
  const MqttPacket type = decoder_.type();
  if ((type == MqttPacket::kConnack) != (state_ == State::kHandshake)) return false;
  if (type == MqttPacket::kPingresp) return true;
  wire::MqttAnswer answer;
  if (ParseMqttAnswer(version_, type, decoder_.body(), answer) != Status::kOk) return false;
  switch (type) {
    case MqttPacket::kConnack:
      HandleConnack(now_ms, answer);
      return true;
    case MqttPacket::kDisconnect:
      End(now_ms, MqttEnd::kServer, answer.reason);
      return true;
    case MqttPacket::kPuback:
      return HandlePuback(answer);
    default:
      return HandleSubscriptionAck(type, answer);
  }
}

void MqttClient::HandleConnack(std::uint64_t now_ms, const wire::MqttAnswer& connack) {
  silent_ends_ = 0;
  if (Failed(connack.reason)) {
    if (connack.reason == MqttReason::kUnsupportedVersion) {
      version_ = version_ == MqttVersion::k5 ? MqttVersion::k311 : MqttVersion::k5;
    }
    return End(now_ms, MqttEnd::kRefused, connack.reason);
  }
  server_ = connack.properties;
  if (version_ == MqttVersion::k311) server_ = {};
  state_ = State::kOnline;
  is_known_ = true;
  online_since_ms_ = now_ms;
  const std::uint32_t keep_alive_s =
      server_.has_server_keep_alive ? server_.server_keep_alive_s : config_.keep_alive_s;
  keep_alive_ms_ = keep_alive_s * 750;  // some time before the broker misses us
  outbox_.Rewind(connack.session_present);
  for (Subscription& s : subscriptions_) {
    s.packet_id = 0;
    const bool leaves = s.want == Want::kLeave || s.want == Want::kLeaving;
    if (leaves) s.want = connack.session_present ? Want::kLeave : Want::kNone;
    const bool joined = s.want == Want::kSubscribed && connack.session_present;
    if (!leaves && !joined && s.want != Want::kNone) s.want = Want::kSubscribe;
  }
  handler_.OnOnline(connack.session_present);
}

bool MqttClient::HandlePuback(const wire::MqttAnswer& ack) {
  const std::size_t i = outbox_.Find(ack.packet_id);
  if (i == outbox_.size()) return true;  // of an older connection
  if (sending_ && i == sending_entry_) return false;
  Drop(i, ack.reason);
  return true;
}

bool MqttClient::HandleSubscriptionAck(MqttPacket type, const wire::MqttAnswer& ack) {
  for (Subscription& s : subscriptions_) {
    if (s.packet_id != ack.packet_id) continue;
    const bool joins = s.want == Want::kSubscribing;
    if (joins != (type == MqttPacket::kSuback)) return false;
    s.packet_id = 0;
    const std::string_view filter = s.filter;
    s.want = joins && !Failed(ack.reason) ? Want::kSubscribed : Want::kNone;
    if (joins) handler_.OnSubscribed(filter, ack.reason);
    return true;
  }
  return true;  // of a subscription that changed since
}

bool MqttClient::HandlePublish() {
  inbound_ = decoder_.publish();
  inbound_open_ = true;
  inbound_offset_ = 0;
  inbound_status_ = Status::kResourceExhausted;
  if (decoder_.is_cut()) return true;
  if (!ResolveAlias(inbound_)) {
    inbound_open_ = false;
    return false;
  }
  if (!inbound_.topic.empty()) inbound_status_ = handler_.OnMessage(inbound_);
  return true;
}

// False for an alias that the broker must not use. Leaves the topic empty when it was too long to
// be kept.
bool MqttClient::ResolveAlias(wire::MqttPublish& message) {
  const std::size_t alias = message.properties.topic_alias;
  if (alias == 0) return true;
  const std::size_t count = std::min(memory_.aliases.size() / kAliasBytes, alias_bytes_.size());
  if (alias > count) return false;
  std::uint8_t& bytes = alias_bytes_[alias - 1];
  const std::span<std::uint8_t> place =
      memory_.aliases.subspan((alias - 1) * kAliasBytes, kAliasBytes);
  if (message.topic.empty()) {
    if (bytes == 0) return false;
    if (bytes <= kAliasBytes) message.topic = wire::AsText(place.first(bytes));
  } else if (message.topic.size() > kAliasBytes) {
    bytes = 0xFF;
  } else {
    bytes = static_cast<std::uint8_t>(message.topic.size());
    std::copy(message.topic.begin(), message.topic.end(), place.begin());
  }
  return true;
}

void MqttClient::Acknowledge() {
  inbound_open_ = false;
  if (inbound_status_ == Status::kOk) inbound_status_ = handler_.OnMessageEnd();
  if (inbound_.qos == 0) return;
  Queue([this](wire::Writer& w) {
    WriteMqttPuback(w, version_, inbound_.packet_id, ReasonOf(inbound_status_));
  });
}

}  // namespace tinyfog::node
