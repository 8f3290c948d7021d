#include "old_broker.h"

namespace tinyfog::testing {
namespace {

/// The protocol level of a CONNECT, 0 for anything else. A client sends it in one piece.
int ProtocolLevel(std::string_view packet) {
  const std::size_t name = packet.find("MQTT");
  if (packet.empty() || packet[0] != 0x10 || name == packet.npos || name + 4 >= packet.size()) {
    return 0;
  }
  return packet[name + 4];
}

}  // namespace

OldBroker::OldBroker(int broker_port)
    : relay_(broker_port, [this](std::string_view first) -> std::optional<std::string> {
        if (ProtocolLevel(first) == 4) return std::nullopt;
        ++refused_;
        return std::string("\x20\x02\x00\x01", 4);
      }) {}

}  // namespace tinyfog::testing
