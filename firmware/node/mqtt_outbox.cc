#include "tinyfog/node/mqtt_outbox.h"

#include <algorithm>

namespace tinyfog::node {

using wire::AsText;
using wire::Bytes;

Status MqttOutbox::Add(const MqttMessage& message) {
  const std::size_t texts =
      message.content_type.size() | message.response_topic.size() | message.correlation.size();
  if (message.qos > 1 || message.alias > 8 || texts > 0xFFFF ||
      message.payload.size() >= 1u << 27) {
    return Status::kInvalidArgument;
  }
  wire::Writer writer(memory_.subspan(used_));
  writer.PutText(message.topic);
  writer.PutText(message.tail);
  writer.PutText(message.name);
  if (!writer.ok()) return Status::kResourceExhausted;
  const std::string_view topic = AsText(writer.written());
  if (!wire::IsMqttTopic(topic)) return Status::kInvalidArgument;
  writer.PutText(message.content_type);
  writer.PutText(message.response_topic);
  writer.Put(message.correlation);
  if (!message.borrow) writer.Put(message.payload);
  if (!writer.ok() || count_ == kMessages) return Status::kResourceExhausted;

  Entry& entry = entries_[count_++];
  entry = {};
  static_cast<MqttMessageTerms&>(entry) = message;
  entry.topic_bytes = static_cast<std::uint16_t>(topic.size());
  entry.content_type_bytes = static_cast<std::uint16_t>(message.content_type.size());
  entry.response_topic_bytes = static_cast<std::uint16_t>(message.response_topic.size());
  entry.correlation_bytes = static_cast<std::uint16_t>(message.correlation.size());
  entry.bytes = static_cast<std::uint32_t>(writer.size());
  used_ += entry.bytes;
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
  return entry.borrow ? entry.payload : Kept(i).last(entry.payload.size());
}

void MqttOutbox::Describe(std::size_t i, wire::MqttPublish& publish) const {
  const Entry& entry = entries_[i];
  wire::Reader reader(Kept(i));
  publish.topic = AsText(reader.Take(entry.topic_bytes));
  publish.qos = entry.qos;
  publish.retain = entry.retain;
  publish.payload_bytes = static_cast<std::uint32_t>(entry.payload.size());
  publish.properties.message_expiry_s = entry.expiry_s;
  publish.properties.content_type = AsText(reader.Take(entry.content_type_bytes));
  publish.properties.response_topic = AsText(reader.Take(entry.response_topic_bytes));
  publish.properties.correlation = reader.Take(entry.correlation_bytes);
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
