#include "tinyfog/node/mqtt_outbox.h"

#include <algorithm>

namespace tinyfog::node {

using wire::AsBytes;
using wire::AsText;
using wire::Bytes;

Status MqttOutbox::Add(const MqttMessage& message) {
  if (!wire::IsMqttTopic(message.topic) || message.qos > 1 || message.alias > 8 ||
      message.content_type.size() > 0xFFFF || message.response_topic.size() > 0xFFFF ||
      message.correlation.size() > 0xFFFF || message.payload.size() >= 1u << 27) {
    return Status::kInvalidArgument;
  }
  const Bytes parts[] = {AsBytes(message.topic), AsBytes(message.content_type),
                         AsBytes(message.response_topic), message.correlation,
                         message.borrow ? Bytes() : message.payload};
  std::size_t bytes = 0;
  for (const Bytes part : parts) bytes += part.size();
  if (!HasRoom(bytes)) return Status::kResourceExhausted;

  Entry& entry = entries_[count_++];
  entry = {};
  entry.message = message;
  entry.offset = used_;
  entry.bytes = static_cast<std::uint32_t>(bytes);
  for (const Bytes part : parts) {
    std::copy(part.begin(), part.end(), memory_.begin() + used_);
    used_ += static_cast<std::uint32_t>(part.size());
  }
  Attach(entry);
  return Status::kOk;
}

// Points the views of an entry at its place in the memory.
void MqttOutbox::Attach(Entry& entry) {
  Bytes rest = Bytes(memory_).subspan(entry.offset, entry.bytes);
  const auto take = [&rest](std::size_t count) {
    const Bytes taken = rest.first(count);
    rest = rest.subspan(count);
    return taken;
  };
  MqttMessage& m = entry.message;
  m.topic = AsText(take(m.topic.size()));
  m.content_type = AsText(take(m.content_type.size()));
  m.response_topic = AsText(take(m.response_topic.size()));
  m.correlation = take(m.correlation.size());
  if (!m.borrow) m.payload = rest;
}

void MqttOutbox::Remove(std::size_t i) {
  const Entry gone = entries_[i];
  std::copy(memory_.begin() + gone.offset + gone.bytes, memory_.begin() + used_,
            memory_.begin() + gone.offset);
  used_ -= gone.bytes;
  --count_;
  for (; i < count_; ++i) {
    entries_[i] = entries_[i + 1];
    entries_[i].offset -= gone.bytes;
    Attach(entries_[i]);
  }
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
