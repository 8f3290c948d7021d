#include <algorithm>

#include "mqtt_client_internal.h"
#include "tinyfog/base/crc32.h"

namespace tinyfog::node {

using wire::MqttReason;
using wire::MqttVersion;

std::size_t MqttClient::Pull(std::uint64_t now_ms, std::span<std::uint8_t> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const std::span<std::uint8_t> room = bytes.subspan(filled);
    if (sending_ && head_left_ == 0) {
      filled += MovePayload(room);
    } else if (control_bytes_ > 0) {
      filled += MoveControl(room);
    } else {
      if (state_ != State::kOnline) break;
      SendSubscriptions(now_ms);
      if (control_bytes_ == 0 && !StartMessage()) break;
    }
  }
  if (filled > 0) {
    last_sent_ms_ = now_ms;
    if (state_ == State::kHandshake) connect_sent_ = true;
  }
  return filled;
}

std::size_t MqttClient::MoveControl(std::span<std::uint8_t> to) {
  const std::size_t count = std::min(to.size(), sending_ ? head_left_ : control_bytes_);
  const auto begin = memory_.control.begin();
  std::copy_n(begin, count, to.begin());
  std::copy(begin + count, begin + control_bytes_, begin);
  control_bytes_ -= count;
  if (sending_) head_left_ -= count;
  return count;
}

// Ends the message when all of it is moved.
std::size_t MqttClient::MovePayload(std::span<std::uint8_t> to) {
  const wire::Bytes payload = outbox_.at(sending_entry_).message.payload.subspan(payload_sent_);
  const std::size_t count = std::min(to.size(), payload.size());
  std::copy_n(payload.begin(), count, to.begin());
  payload_sent_ += count;
  if (count == payload.size()) FinishMessage();
  return count;
}

// The next message that may go: its head to the control queue, which is empty.
bool MqttClient::StartMessage() {
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < outbox_.size(); ++i) {
    MqttOutbox::Entry& entry = outbox_.at(i);
    const bool acknowledged = entry.message.qos > 0 && server_.maximum_qos > 0;
    if (entry.sent) {
      waiting += acknowledged ? 1 : 0;
      continue;
    }
    if (acknowledged && waiting >= std::min(config_.receive_maximum, server_.receive_maximum)) {
      continue;  // QoS 0 may overtake
    }
    if (acknowledged && entry.packet_id == 0) entry.packet_id = NextPacketId();
    if (!WriteHead(entry)) {
      Drop(i, MqttReason::kPacketTooLarge);
      return true;
    }
    sending_ = true;
    sending_entry_ = i;
    head_left_ = control_bytes_;
    payload_sent_ = 0;
    return true;
  }
  return false;
}

bool MqttClient::WriteHead(MqttOutbox::Entry& entry) {
  const MqttMessage& m = entry.message;
  wire::MqttPublish publish;
  publish.topic = m.topic;
  publish.qos = std::min(m.qos, server_.maximum_qos);
  publish.retain = m.retain && server_.retain_available;
  publish.duplicate = entry.duplicate;
  publish.packet_id = entry.packet_id;
  publish.payload_bytes = static_cast<std::uint32_t>(m.payload.size());
  publish.properties.message_expiry_s = m.expiry_s;
  publish.properties.content_type = m.content_type;
  publish.properties.response_topic = m.response_topic;
  publish.properties.correlation = m.correlation;
  const bool abbreviates = m.alias != 0 && m.alias <= server_.topic_alias_maximum;
  const std::uint32_t topic = abbreviates ? Crc32(wire::AsBytes(m.topic)) | 1 : 0;
  if (abbreviates) {
    publish.properties.topic_alias = m.alias;
    if (alias_topics_[m.alias] == topic) publish.topic = {};
  }
  if (MqttPublishBytes(version_, publish) > server_.maximum_packet_bytes) return false;
  if (!Queue([&](wire::Writer& w) { WriteMqttPublish(w, version_, publish); })) return false;
  if (abbreviates) alias_topics_[m.alias] = topic;
  return true;
}

void MqttClient::FinishMessage() {
  sending_ = false;
  MqttOutbox::Entry& entry = outbox_.at(sending_entry_);
  if (entry.message.qos > 0 && server_.maximum_qos > 0) {
    entry.sent = true;
  } else {
    Drop(sending_entry_, MqttReason::kSuccess);
  }
}

// Takes a message out of the outbox, which may stand before the one being sent.
void MqttClient::Drop(std::size_t entry, MqttReason reason) {
  const std::uint32_t token = outbox_.at(entry).message.token;
  outbox_.Remove(entry);
  if (sending_ && entry < sending_entry_) --sending_entry_;
  handler_.OnDelivered(token, reason);
}

std::uint16_t MqttClient::NextPacketId() {
  const auto is_taken = [this](std::uint16_t id) {
    return id == 0 || outbox_.Find(id) < outbox_.size() ||
           std::any_of(subscriptions_.begin(), subscriptions_.end(),
                       [id](const Subscription& s) { return s.packet_id == id; });
  };
  do {
    ++last_packet_id_;
  } while (is_taken(last_packet_id_));
  return last_packet_id_;
}

Status MqttClient::Subscribe(std::string_view filter, std::uint8_t qos) {
  if (filter.empty() || qos > 1) return Status::kInvalidArgument;
  constexpr std::size_t kOverhead = 12;
  if (filter.size() + kOverhead > memory_.control.size()) return Status::kResourceExhausted;
  Subscription* place = nullptr;
  for (Subscription& s : subscriptions_) {
    if (s.want != Want::kNone && s.filter == filter) {
      place = &s;
      break;
    }
    if (s.want == Want::kNone && place == nullptr) place = &s;
  }
  if (place == nullptr) return Status::kResourceExhausted;
  *place = {filter, qos, Want::kSubscribe};
  return Status::kOk;
}

Status MqttClient::Unsubscribe(std::string_view filter) {
  for (Subscription& s : subscriptions_) {
    if (s.want == Want::kNone || s.filter != filter) continue;
    s.want = s.want == Want::kSubscribe ? Want::kNone : Want::kLeave;
    s.packet_id = 0;
    return Status::kOk;
  }
  return Status::kNotFound;
}

bool MqttClient::Holds(std::string_view filter) const {
  return std::any_of(subscriptions_.begin(), subscriptions_.end(), [filter](const Subscription& s) {
    return s.want != Want::kNone && s.filter == filter;
  });
}

void MqttClient::SendSubscriptions(std::uint64_t now_ms) {
  for (Subscription& s : subscriptions_) {
    if (s.want != Want::kSubscribe && s.want != Want::kLeave) continue;
    const std::uint16_t id = NextPacketId();
    const bool joins = s.want == Want::kSubscribe;
    const bool queued = Queue([&](wire::Writer& w) {
      if (joins) {
        WriteMqttSubscribe(w, version_, id, s.filter, s.qos);
      } else {
        WriteMqttUnsubscribe(w, version_, id, s.filter);
      }
    });
    if (!queued) return;
    s.want = joins ? Want::kSubscribing : Want::kLeaving;
    s.packet_id = id;
    s.deadline_ms = now_ms + config_.response_ms;
  }
}

}  // namespace tinyfog::node
