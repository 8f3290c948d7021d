#include "old_broker.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>

namespace tinyfog::testing {
namespace {

constexpr int kLookMs = 20;  // how often a thread looks whether it shall end

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// The protocol level of a CONNECT, 0 for anything else. A client sends it in one piece.
int ProtocolLevel(std::string_view packet) {
  const std::size_t name = packet.find("MQTT");
  if (packet.empty() || packet[0] != 0x10 || name == packet.npos || name + 4 >= packet.size()) {
    return 0;
  }
  return packet[name + 4];
}

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

OldBroker::OldBroker(int broker_port) : broker_port_(broker_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    ADD_FAILURE() << "cannot listen on loopback";
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

OldBroker::~OldBroker() {
  stop_ = true;
  thread_.join();
  for (auto& connection : connections_) connection.join();
  close(listener_);
}

void OldBroker::Accept() {
  while (!stop_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kLookMs) != 1) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) connections_.emplace_back([this, client] { Serve(client); });
  }
}

void OldBroker::Serve(int client) {
  std::array<char, 65536> block;
  const int broker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(broker_port_);
  bool open = connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  bool first = true;
  while (open && !stop_) {
    pollfd ends[] = {{client, POLLIN, 0}, {broker, POLLIN, 0}};
    if (poll(ends, 2, kLookMs) <= 0) continue;
    for (int from = 0; from < 2 && open; ++from) {
      if (ends[from].revents == 0) continue;
      const ssize_t n = recv(ends[from].fd, block.data(), block.size(), 0);
      const std::string_view bytes(block.data(), n > 0 ? static_cast<std::size_t>(n) : 0);
      if (from == 0 && std::exchange(first, false) && ProtocolLevel(bytes) != 4) {
        ++refused_;
        SendAll(client, {"\x20\x02\x00\x01", 4});
        open = false;
      } else {
        open = n > 0 && SendAll(ends[1 - from].fd, bytes);
      }
    }
  }
  close(client);
  close(broker);
}

}  // namespace tinyfog::testing
