#include <algorithm>

#include "tinyfog/base/crc32.h"
#include "tinyfog/node/mqtt_client.h"

namespace tinyfog::node {

using wire::MqttReason;
using wire::MqttVersion;

std::size_t MqttClient::Pull(std::span<std::uint8_t> bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const std::span<std::uint8_t> room = bytes.subspan(filled);
    if (sending_ && head_left_ == 0) {
      filled += MovePayload(room);
    } else if (control_bytes_ > 0) {
      filled += MoveControl(room);
    } else {
      if (state_ != State::kOnline) break;
      SendSubscriptions();
      if (control_bytes_ == 0 && !StartMessage()) break;
    }
  }
  if (filled > 0) {
    last_sent_ = now();
    is_connect_sent_ = true;
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
  const wire::Bytes payload = outbox_.payload(sending_entry_).subspan(payload_sent_);
  const std::size_t count = std::min(to.size(), payload.size());
  std::copy_n(payload.begin(), count, to.begin());
  payload_sent_ += count;
  if (count == payload.size()) FinishMessage();
  return count;
}

// The next message that may go: its head to the control queue, which is empty.
bool MqttClient::StartMessage() {
  const std::uint16_t most =
      std::min(config_.connect.properties.receive_maximum, limits_.receive);
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < outbox_.size(); ++i) {
    MqttOutbox::Entry& entry = outbox_.at(i);
    const bool acknowledged = std::min(entry.qos, limits_.qos) > 0;
    if (entry.sent) {
      ++waiting;
      continue;
    }
    if (acknowledged && waiting >= most) continue;  // QoS 0 may overtake
    if (acknowledged && entry.packet_id == 0) entry.packet_id = NextPacketId();
    if (WriteHead(i)) {
      sending_ = true;
      sending_entry_ = i;
      head_left_ = control_bytes_;
      payload_sent_ = 0;
    } else {
      Drop(i, MqttReason::kPacketTooLarge);
    }
    return true;
  }
  return false;
}

bool MqttClient::WriteHead(std::size_t i) {
  const MqttOutbox::Entry& entry = outbox_.at(i);
  wire::MqttPublish publish;
  outbox_.Describe(i, publish);
  publish.qos = std::min(publish.qos, limits_.qos);
  publish.retain = publish.retain && limits_.retain;
  publish.duplicate = entry.duplicate;
  publish.packet_id = entry.packet_id;
  std::uint32_t topic = 0;
  if (entry.alias != 0 && entry.alias <= limits_.aliases) {
    topic = Crc32(wire::AsBytes(publish.topic)) | 1;
    publish.properties.topic_alias = entry.alias;
    if (alias_topics_[entry.alias] == topic) publish.topic = {};
  }
  if (MqttPublishBytes(version_, publish) > limits_.packet_bytes) return false;
  wire::Writer writer = Control();
  WriteMqttPublish(writer, version_, publish);
  if (!Queue(writer)) return false;
  if (topic != 0) alias_topics_[entry.alias] = topic;
  return true;
}

void MqttClient::FinishMessage() {
  sending_ = false;
  MqttOutbox::Entry& entry = outbox_.at(sending_entry_);
  if (std::min(entry.qos, limits_.qos) > 0) {
    entry.sent = true;
  } else {
    Drop(sending_entry_, MqttReason::kSuccess);
  }
}

// Takes a message out of the outbox, which may stand before the one being sent.
void MqttClient::Drop(std::size_t i, MqttReason reason) {
  const std::uint32_t token = outbox_.at(i).token;
  outbox_.Remove(i);
  if (sending_ && i < sending_entry_) --sending_entry_;
  handler_.OnDelivered(token, reason);
}

// Keeps a packet that was written to Control(). False, and nothing kept, when it did not fit.
bool MqttClient::Queue(const wire::Writer& packet) {
  if (packet.ok()) control_bytes_ += packet.size();
  return packet.ok();
}

std::uint16_t MqttClient::NextPacketId() {
  do {
    ++last_packet_id_;
  } while (last_packet_id_ == 0 || outbox_.Find(last_packet_id_) < outbox_.size() ||
           Find(last_packet_id_) < kSubscriptions);
  return last_packet_id_;
}

// The place of a subscription; without a filter of a free one. kSubscriptions: there is none.
std::size_t MqttClient::Find(std::string_view filter) const {
  std::size_t i = 0;
  while (i < kSubscriptions && subscriptions_[i].filter != filter) ++i;
  return i;
}

std::size_t MqttClient::Find(std::uint16_t packet_id) const {
  std::size_t i = 0;
  while (i < kSubscriptions && subscriptions_[i].packet_id != packet_id) ++i;
  return i;
}

Status MqttClient::Subscribe(std::string_view filter, std::uint8_t qos) {
  if (filter.empty() || qos > 1) return Status::kInvalidArgument;
  constexpr std::size_t kOverhead = 12;
  if (filter.size() + kOverhead > memory_.control.size()) return Status::kResourceExhausted;
  std::size_t i = Find(filter);
  if (i == kSubscriptions) i = Find(std::string_view());
  if (i == kSubscriptions) return Status::kResourceExhausted;
  subscriptions_[i] = {.filter = filter, .qos = qos, .want = Want::kSubscribe};
  return Status::kOk;
}

Status MqttClient::Unsubscribe(std::string_view filter) {
  const std::size_t i = Find(filter);
  if (i == kSubscriptions) return Status::kNotFound;
  Subscription& s = subscriptions_[i];
  s.packet_id = 0;
  if (s.want == Want::kSubscribe) {
    s = {};
  } else {
    s.want = Want::kLeave;
  }
  return Status::kOk;
}

void MqttClient::SendSubscriptions() {
  for (Subscription& s : subscriptions_) {
    const bool joins = s.want == Want::kSubscribe;
    if (!joins && s.want != Want::kLeave) continue;
    const std::uint16_t id = NextPacketId();
    wire::Writer writer = Control();
    if (joins) {
      WriteMqttSubscribe(writer, version_, id, s.filter, s.qos);
    } else {
      WriteMqttUnsubscribe(writer, version_, id, s.filter);
    }
    if (!Queue(writer)) return;
    s.want = joins ? Want::kSubscribing : Want::kLeaving;
    s.packet_id = id;
    s.deadline = now() + config_.response_ms;
  }
}

}  // namespace tinyfog::node
