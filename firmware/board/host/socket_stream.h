#pragma once

#include <netinet/in.h>
#include <poll.h>

#include <cstdint>
#include <string>

#include "tinyfog/hal/stream.h"

namespace tinyfog::board {

/// TCP to an IPv4 address by the host's sockets.
class SocketStream final : public hal::Stream {
 public:
  /// `address` as in "127.0.0.1".
  SocketStream(const std::string& address, std::uint16_t port);
  ~SocketStream();
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  void Open() override;
  void Close() override;
  State state() override;
  std::size_t Write(std::span<const std::uint8_t> bytes) override;
  std::size_t Read(std::span<std::uint8_t> bytes) override;

  /// Another server, from the next Open on.
  void SetServer(const std::string& address, std::uint16_t port);
  /// For poll: news, and room where `for_room`.
  pollfd Request(bool for_room) const;
  /// Returns when there is news, or room where `for_room`, or after `milliseconds`.
  void Wait(int milliseconds, bool for_room);

 private:
  sockaddr_in address_{};
  int fd_ = -1;
  bool connected_ = false;
  bool ended_ = false;  // nothing more to read
};

}  // namespace tinyfog::board
