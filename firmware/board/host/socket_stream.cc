#include "socket_stream.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace tinyfog::board {

SocketStream::SocketStream(const std::string& address, std::uint16_t port) {
  SetServer(address, port);
}

void SocketStream::SetServer(const std::string& address, std::uint16_t port) {
  address_.sin_family = AF_INET;
  address_.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &address_.sin_addr);
}

SocketStream::~SocketStream() { Close(); }

void SocketStream::Open() {
  Close();
  connected_ = ended_ = false;
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return;
  const int yes = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  const int result = connect(fd_, reinterpret_cast<const sockaddr*>(&address_), sizeof(address_));
  if (result < 0 && errno != EINPROGRESS) Close();
}

void SocketStream::Close() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

hal::Stream::State SocketStream::state() {
  if (fd_ < 0 || ended_) return State::kClosed;
  if (connected_) return State::kOpen;
  pollfd request{fd_, POLLOUT, 0};
  if (poll(&request, 1, 0) <= 0) return State::kOpening;
  int error = 0;
  socklen_t size = sizeof(error);
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    Close();
    return State::kClosed;
  }
  connected_ = true;
  return State::kOpen;
}

std::size_t SocketStream::Write(std::span<const std::uint8_t> bytes) {
  if (fd_ < 0 || ended_) return 0;
  const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  // What the peer sent before it closed can still be read: Read finds the end.
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

std::size_t SocketStream::Read(std::span<std::uint8_t> bytes) {
  if (fd_ < 0 || ended_ || bytes.empty()) return 0;
  const ssize_t got = recv(fd_, bytes.data(), bytes.size(), 0);
  if (got > 0) return static_cast<std::size_t>(got);
  if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) ended_ = true;
  return 0;
}

pollfd SocketStream::Request(bool for_room) const {
  const bool wants_room = for_room || !connected_;
  return {ended_ ? -1 : fd_, static_cast<short>(POLLIN | (wants_room ? POLLOUT : 0)), 0};
}

void SocketStream::Wait(int milliseconds, bool for_room) {
  pollfd request = Request(for_room);
  poll(&request, 1, milliseconds);
}

}  // namespace tinyfog::board
