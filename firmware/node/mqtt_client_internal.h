#pragma once

#include "tinyfog/node/mqtt_client.h"

namespace tinyfog::node {

inline constexpr std::size_t kAliasBytes = 128;  // of one received topic
// The largest answer to one received packet.
inline constexpr std::size_t kAnswerBytes = 8;

/// Appends a packet to the control queue; false when it does not fit, and then nothing is appended.
template <class Write>
bool MqttClient::Queue(Write write) {
  wire::Writer writer(memory_.control.subspan(control_bytes_));
  write(writer);
  if (!writer.ok()) return false;
  control_bytes_ += writer.size();
  return true;
}

}  // namespace tinyfog::node
