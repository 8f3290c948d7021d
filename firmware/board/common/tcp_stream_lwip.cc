#include <lwip/pbuf.h>
#include <lwip/tcp.h>

#include <algorithm>

#include "tcp_stream.h"

namespace tinyfog::board {

struct TcpStream::Callbacks {
  static err_t Connected(void* self, tcp_pcb*, err_t) {
    static_cast<TcpStream*>(self)->connected_ = true;
    return ERR_OK;
  }
  static err_t Received(void* self, tcp_pcb*, pbuf* bytes, err_t) {
    TcpStream& stream = *static_cast<TcpStream*>(self);
    if (bytes == nullptr) {
      stream.ended_ = true;
    } else if (stream.received_ == nullptr) {
      stream.received_ = bytes;
    } else {
      pbuf_cat(stream.received_, bytes);
    }
    return ERR_OK;
  }
  // The connection is gone already.
  static void Failed(void* self, err_t) {
    TcpStream& stream = *static_cast<TcpStream*>(self);
    stream.connection_ = nullptr;
    stream.ended_ = true;
  }
};

void TcpStream::Open() {
  Close();
  connected_ = ended_ = false;
  connection_ = tcp_new();
  if (connection_ == nullptr) return;
  tcp_arg(connection_, this);
  tcp_recv(connection_, Callbacks::Received);
  tcp_err(connection_, Callbacks::Failed);
  tcp_nagle_disable(connection_);
  ip_addr_t address;
  IP4_ADDR(&address, address_[0], address_[1], address_[2], address_[3]);
  if (tcp_connect(connection_, &address, port_, Callbacks::Connected) != ERR_OK) {
    tcp_abort(connection_);
    Forget();
  }
}

void TcpStream::Close() {
  if (connection_ != nullptr) {
    tcp_pcb* const connection = connection_;
    tcp_arg(connection, nullptr);
    tcp_recv(connection, nullptr);
    tcp_err(connection, nullptr);
    // With bytes that nobody read this resets the connection, as it should.
    if (tcp_close(connection) != ERR_OK) tcp_abort(connection);
  }
  Forget();
}

void TcpStream::Forget() {
  connection_ = nullptr;
  if (received_ != nullptr) pbuf_free(received_);
  received_ = nullptr;
}

hal::Stream::State TcpStream::state() {
  if (received_ != nullptr) return State::kOpen;
  if (connection_ == nullptr || ended_) return State::kClosed;
  return connected_ ? State::kOpen : State::kOpening;
}

std::size_t TcpStream::Write(std::span<const std::uint8_t> bytes) {
  if (connection_ == nullptr || !connected_) return 0;
  std::size_t count = std::min<std::size_t>(bytes.size(), tcp_sndbuf(connection_));
  while (count > 0) {
    const err_t result =
        tcp_write(connection_, bytes.data(), static_cast<u16_t>(count), TCP_WRITE_FLAG_COPY);
    if (result == ERR_OK) break;
    count /= 2;  // short of memory for the moment
  }
  if (count > 0) tcp_output(connection_);
  return count;
}

std::size_t TcpStream::Read(std::span<std::uint8_t> bytes) {
  if (received_ == nullptr) return 0;
  const auto limit = static_cast<u16_t>(std::min<std::size_t>(bytes.size(), 0xFFFF));
  const u16_t count = pbuf_copy_partial(received_, bytes.data(), limit, 0);
  received_ = pbuf_free_header(received_, count);
  if (connection_ != nullptr) tcp_recved(connection_, count);
  return count;
}

}  // namespace tinyfog::board
