#pragma once

#include <array>
#include <cstdint>

#include "lan9118.h"

struct pbuf;

namespace tinyfog::board {

struct NetworkConfig {
  std::array<std::uint8_t, 4> address{};
  std::array<std::uint8_t, 4> netmask{};
  std::array<std::uint8_t, 4> router{};
  std::uint32_t seed = 1;  ///< of port and sequence numbers
};

/// TCP/IP over the board's Ethernet. One of them; its functions are called from one thread.
class Network {
 public:
  /// False when the Ethernet controller does not answer.
  bool Start(const NetworkConfig& config);
  const Lan9118::Address& address() const { return address_; }
  /// Passes one received frame on and runs timers. True when a frame had come: others may wait, and
  /// whoever reads what the first has brought makes room for them.
  bool Poll();
  /// When the timers have something to do next.
  std::uint64_t NextDeadline() const { return next_tick_ms_; }

  /// Gives a frame, which begins behind two bytes of padding, to the controller.
  bool Transmit(const pbuf& frame);

 private:
  void SetUpInterface(const NetworkConfig& config);
  void Receive(std::uint32_t bytes);
  void Tick(std::uint64_t now_ms);

  Lan9118 ethernet_;
  Lan9118::Address address_{};
  std::uint32_t ticks_ = 0;  // of lwIP's timers
  std::uint64_t next_tick_ms_ = 0;
};

}  // namespace tinyfog::board
