#include <algorithm>

#include "tinyfog/node/mqtt_client.h"

namespace tinyfog::node {
namespace {

using wire::MqttPacket;
using wire::MqttReason;
using wire::MqttVersion;
using Event = wire::MqttDecoder::Event;

// A connection that lasted so long was a good one: the next attempt comes soon.
constexpr std::uint32_t kStableMs = 10000;
// The largest answer to one received packet.
constexpr std::size_t kAnswerBytes = 8;

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

std::size_t MqttClient::Receive(wire::Bytes bytes) {
  wire::Bytes input = bytes;
  if (!bytes.empty()) awaits_pong_ = false;
  while (is_connected()) {
    if (control_bytes_ + kAnswerBytes > memory_.control.size()) break;
    const Event event = decoder_.Next(input);
    if (event == Event::kMore) break;
    if (event == Event::kMalformed || event == Event::kTooLarge) {
      End(MqttEnd::kProtocol, event == Event::kTooLarge ? MqttReason::kPacketTooLarge
                                                        : MqttReason::kMalformedPacket);
    } else if (!Handle(event)) {
      End(MqttEnd::kProtocol, MqttReason::kProtocolError);
    }
  }
  // What comes after the end of a connection is of no interest.
  return is_connected() ? bytes.size() - input.size() : bytes.size();
}

// False when the broker must not send that, here or now; so of all that is handled below.
bool MqttClient::Handle(Event event) {
  if (event == Event::kPacket) return HandlePacket();
  if (state_ != State::kOnline) return false;
  if (event == Event::kPublish) return HandlePublish();
  if (event == Event::kPublished) {
    Acknowledge();
  } else if (inbound_status_ == Status::kOk) {
    handler_.OnPayload(inbound_offset_, decoder_.payload());
    inbound_offset_ += static_cast<std::uint32_t>(decoder_.payload().size());
  }
  return true;
}

bool MqttClient::HandlePacket() {
  const MqttPacket type = decoder_.type();
  if ((type == MqttPacket::kConnack) != (state_ == State::kHandshake)) return false;
  if (type == MqttPacket::kPingresp) return true;
  wire::MqttAnswer answer;
  if (ParseMqttAnswer(version_, type, decoder_.body(), answer) != Status::kOk) return false;
  switch (type) {
    case MqttPacket::kConnack:
      HandleConnack(answer);
      return true;
    case MqttPacket::kDisconnect:
      End(MqttEnd::kServer, answer.reason);
      return true;
    case MqttPacket::kPuback:
      return HandlePuback(answer);
    default:
      return HandleSubscriptionAck(type == MqttPacket::kSuback, answer);
  }
}

void MqttClient::HandleConnack(const wire::MqttAnswer& connack) {
  silent_ends_ = 0;
  if (Failed(connack.reason)) {
    if (connack.reason == MqttReason::kUnsupportedVersion) ChangeVersion();
    return End(MqttEnd::kRefused, connack.reason);
  }
  const wire::MqttProperties& server = connack.properties;
  limits_ = {server.maximum_packet_bytes, server.receive_maximum, server.topic_alias_maximum,
             server.maximum_qos, server.retain_available};
  Enter(State::kOnline, kStableMs);
  is_known_ = true;
  const std::uint32_t keep_alive_s =
      server.has_server_keep_alive ? server.server_keep_alive_s : config_.connect.keep_alive_s;
  keep_alive_ms_ = keep_alive_s * 750;  // some time before the broker misses us
  outbox_.Rewind(connack.session_present);
  for (Subscription& s : subscriptions_) {
    s.packet_id = 0;
    if (s.want >= Want::kLeave) {
      s.want = Want::kLeave;
      if (!connack.session_present) s = {};
    } else if (s.want != Want::kNone && !(s.want == Want::kSubscribed && connack.session_present)) {
      s.want = Want::kSubscribe;
    }
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

bool MqttClient::HandleSubscriptionAck(bool joins, const wire::MqttAnswer& ack) {
  const std::size_t i = Find(ack.packet_id);
  if (i == kSubscriptions) return true;  // of a subscription that changed since
  Subscription& s = subscriptions_[i];
  if (joins != (s.want == Want::kSubscribing)) return false;
  const std::string_view filter = s.filter;
  s.packet_id = 0;
  s.want = Want::kSubscribed;
  if (!joins || Failed(ack.reason)) s = {};
  if (joins) handler_.OnSubscribed(filter, ack.reason);
  return true;
}

bool MqttClient::HandlePublish() {
  wire::MqttPublish& message = decoder_.publish();
  inbound_open_ = true;
  inbound_offset_ = 0;
  inbound_status_ = Status::kResourceExhausted;
  if (decoder_.is_cut()) return true;
  inbound_open_ = ResolveAlias(message);
  if (inbound_open_ && !message.topic.empty()) inbound_status_ = handler_.OnMessage(message);
  return inbound_open_;
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
  const wire::MqttPublish& message = decoder_.publish();
  if (message.qos == 0) return;
  wire::Writer writer = Control();
  WriteMqttPuback(writer, version_, message.packet_id, ReasonOf(inbound_status_));
  Queue(writer);
}

}  // namespace tinyfog::node
