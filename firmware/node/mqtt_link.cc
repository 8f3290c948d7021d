#include "tinyfog/node/mqtt_link.h"

namespace tinyfog::node {

using State = hal::Stream::State;

bool MqttLink::Turn(std::uint64_t now_ms) {
  client_.Tick(now_ms);
  if (!active_) {
    if (!client_.wants_transport()) return false;
    active_ = true;
    opened_ = false;
    out_count_ = in_count_ = 0;
    stream_.Open();
  }
  const State state = stream_.state();
  if (state == State::kClosed && in_count_ == 0) {
    Closed();
    return true;
  }
  if (state == State::kOpen && !opened_) {
    opened_ = true;
    client_.TransportOpened();
  }
  bool moved = false;
  if (opened_) {
    moved = MoveIn();
    moved = MoveOut() || moved;
  }
  if (!client_.wants_transport()) {
    stream_.Close();
    Closed();
    return true;
  }
  return moved;
}

void MqttLink::Closed() {
  active_ = false;
  out_count_ = in_count_ = 0;
  client_.TransportClosed();
}

bool MqttLink::MoveOut() {
  bool moved = false;
  while (true) {
    if (out_count_ == 0) {
      out_begin_ = 0;
      out_count_ = client_.Pull(out_);
      if (out_count_ == 0) return moved;
    }
    const std::size_t taken = stream_.Write({out_.data() + out_begin_, out_count_});
    out_begin_ += taken;
    out_count_ -= taken;
    if (taken == 0) return moved;
    moved = true;
  }
}

bool MqttLink::MoveIn() {
  bool moved = false;
  while (true) {
    if (in_count_ == 0) {
      in_begin_ = 0;
      in_count_ = stream_.Read(in_);
      if (in_count_ == 0) return moved;
    }
    const std::size_t consumed = client_.Receive({in_.data() + in_begin_, in_count_});
    in_begin_ += consumed;
    in_count_ -= consumed;
    if (consumed == 0) return moved;
    moved = true;
  }
}

}  // namespace tinyfog::node
