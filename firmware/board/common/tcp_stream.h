#pragma once

#include <array>
#include <cstdint>

#include "tinyfog/hal/stream.h"

struct pbuf;
struct tcp_pcb;

namespace tinyfog::board {

/// TCP to an IPv4 address through Network, which must have been started and be polled.
class TcpStream final : public hal::Stream {
 public:
  TcpStream(const std::array<std::uint8_t, 4>& address, std::uint16_t port)
      : address_(address), port_(port) {}

  void Open() override;
  void Close() override;
  State state() override;
  std::size_t Write(std::span<const std::uint8_t> bytes) override;
  std::size_t Read(std::span<std::uint8_t> bytes) override;

 private:
  struct Callbacks;

  void Forget();

  std::array<std::uint8_t, 4> address_;
  std::uint16_t port_;
  tcp_pcb* connection_ = nullptr;
  pbuf* received_ = nullptr;
  bool connected_ = false;
  bool ended_ = false;  // the other side sends nothing more
};

}  // namespace tinyfog::board
