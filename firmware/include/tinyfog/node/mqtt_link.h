#pragma once

#include <array>
#include <cstdint>

#include "tinyfog/hal/stream.h"
#include "tinyfog/node/mqtt_client.h"

namespace tinyfog::node {

/// Joins a client with a stream: opens and closes it as the client wants, passes bytes both ways.
class MqttLink {
 public:
  MqttLink(MqttClient& client, hal::Stream& stream) : client_(client), stream_(stream) {}

  /// Does what can be done now. True when something moved: then it is worth another turn at once,
  /// else at the client's NextDeadline() or when the stream has news.
  bool Turn(std::uint64_t now_ms);
  /// Bytes that the stream did not take yet.
  bool has_unsent() const { return out_count_ > 0; }

 private:
  void Closed();
  bool MoveOut();
  bool MoveIn();

  MqttClient& client_;
  hal::Stream& stream_;
  bool active_ = false;
  bool opened_ = false;
  std::size_t out_begin_ = 0;
  std::size_t out_count_ = 0;
  std::size_t in_begin_ = 0;
  std::size_t in_count_ = 0;
  std::array<std::uint8_t, 256> out_{};
  std::array<std::uint8_t, 256> in_{};
};

}  // namespace tinyfog::node
