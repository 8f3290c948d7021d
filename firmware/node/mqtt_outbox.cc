#include "tinyfog/node/mqtt_outbox.h"

#include <algorithm>

namespace tinyfog::node {

using wire::AsBytes;
using wire::AsText;
using wire::Bytes;

Status MqttOutbox::Add(const MqttMessage& message) {
  // As they are kept, one behind the other.
  const Bytes parts[] = {AsBytes(message.topic),          AsBytes(message.tail),
                         AsBytes(message.name),           AsBytes(message.content_type),
                         AsBytes(message.response_topic), message.correlation,
                         message.borrow ? Bytes() : message.payload};
  constexpr std::size_t kTopicParts = 3, kPayload = std::size(parts) - 1;
  bool is_sound = !message.topic.empty() && message.qos <= 1 && message.alias <= 8 &&
                  message.payload.size() < 1u << 27;
  Entry entry;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < std::size(parts); ++i) {
    const Bytes part = parts[i];
    bytes += part.size();
    if (i == kPayload) break;
    if (i < kTopicParts && !part.empty()) is_sound = is_sound && wire::IsMqttTopic(AsText(part));
    std::uint16_t& text_bytes = entry.text_bytes[i < kTopicParts ? 0 : i - kTopicParts + 1];
    is_sound = is_sound && text_bytes + part.size() <= 0xFFFF;
    text_bytes = static_cast<std::uint16_t>(text_bytes + part.size());
  }
  if (!is_sound) return Status::kInvalidArgument;
  if (!HasRoom(bytes)) return Status::kResourceExhausted;

  entry.qos = message.qos;
  entry.alias = message.alias;
  entry.retain = message.retain;
  entry.expiry_s = message.expiry_s;
  entry.token = message.token;
  entry.borrowed = message.borrow ? message.payload.data() : nullptr;
  entry.payload_bytes = static_cast<std::uint32_t>(message.payload.size());
  entry.bytes = static_cast<std::uint32_t>(bytes);
  entries_[count_++] = entry;
  for (const Bytes part : parts) {
    std::copy(part.begin(), part.end(), memory_.begin() + used_);
    used_ += static_cast<std::uint32_t>(part.size());
  }
  return Status::kOk;
}

// What the memory has of a message.
Bytes MqttOutbox::Kept(std::size_t i) const {
  std::uint32_t offset = 0;
  for (std::size_t before = 0; before < i; ++before) offset += entries_[before].bytes;
  return Bytes(memory_).subspan(offset, entries_[i].bytes);
}

Bytes MqttOutbox::payload(std::size_t i) const {
  const Entry& entry = entries_[i];
  if (entry.borrowed != nullptr) return {entry.borrowed, entry.payload_bytes};
  return Kept(i).last(entry.payload_bytes);
}

void MqttOutbox::Describe(std::size_t i, wire::MqttPublish& publish) const {
  const Entry& entry = entries_[i];
  wire::Reader reader(Kept(i));
  publish.topic = AsText(reader.Take(entry.text_bytes[0]));
  publish.qos = entry.qos;
  publish.retain = entry.retain;
  publish.payload_bytes = entry.payload_bytes;
  publish.properties.message_expiry_s = entry.expiry_s;
  publish.properties.content_type = AsText(reader.Take(entry.text_bytes[1]));
  publish.properties.response_topic = AsText(reader.Take(entry.text_bytes[2]));
  publish.properties.correlation = reader.Take(entry.text_bytes[3]);
}

void MqttOutbox::Remove(std::size_t i) {
  const Bytes gone = Kept(i);
  const auto rest = memory_.begin() + (gone.data() - memory_.data());
  std::copy(rest + gone.size(), memory_.begin() + used_, rest);
  used_ -= static_cast<std::uint32_t>(gone.size());
  std::copy(entries_.begin() + i + 1, entries_.begin() + count_, entries_.begin() + i);
  --count_;
}

void MqttOutbox::Rewind(bool duplicates) {
  for (std::size_t i = 0; i < count_; ++i) {
    entries_[i].duplicate = duplicates && entries_[i].packet_id != 0;
    entries_[i].sent = false;
  }
}

std::size_t MqttOutbox::Find(std::uint16_t packet_id) const {
  std::size_t i = 0;
  while (i < count_ && entries_[i].packet_id != packet_id) ++i;
  return i;
}

}  // namespace tinyfog::node
