#include "relay.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
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

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Relay::Relay(int server_port, Refusal refusal)
    : refusal_(std::move(refusal)), server_port_(server_port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    ADD_FAILURE() << "cannot listen on loopback";
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Accept(); });
}

Relay::~Relay() {
  stop_ = true;
  thread_.join();
  for (auto& connection : connections_) connection.thread.join();
  close(listener_);
}

void Relay::Abandon() {
  const std::lock_guard lock(mutex_);
  for (auto& connection : connections_) connection.is_abandoned = true;
  for (auto& connection : connections_) connection.is_over.wait(false);
}

void Relay::Accept() {
  while (!stop_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (poll(&waiting, 1, kLookMs) != 1) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const std::lock_guard lock(mutex_);
    Connection& connection = connections_.emplace_back();
    connection.thread = std::thread([this, client, &connection] { Serve(client, connection); });
  }
}

void Relay::Serve(int client, Connection& connection) {
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(server_port_);
  const bool is_abandoned =
      connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      PassAll(client, server, connection);
  connection.is_over = true;
  connection.is_over.notify_all();
  close(client);
  while (is_abandoned && !stop_) poll(nullptr, 0, kLookMs);
  close(server);
}

/// Until one end closes or the connection is abandoned: true.
bool Relay::PassAll(int client, int server, const Connection& connection) {
  bool is_first = true, is_answer = false;
  while (!stop_ && !connection.is_abandoned) {
    pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(ends, 2, kLookMs) <= 0) continue;
    if (ends[0].revents != 0 && !Pass(client, server, is_first)) return false;
    if (ends[1].revents != 0 && !Pass(server, client, is_answer)) return false;
  }
  return connection.is_abandoned;
}

/// False: the connection is over. `is_first`: it is what the client sends first.
bool Relay::Pass(int from, int to, bool& is_first) {
  std::array<char, 65536> block;
  const ssize_t n = recv(from, block.data(), block.size(), 0);
  if (n <= 0) return false;
  const std::string_view bytes(block.data(), static_cast<std::size_t>(n));
  if (std::exchange(is_first, false) && refusal_) {
    if (const auto refused = refusal_(bytes)) {
      SendAll(from, *refused);
      return false;
    }
  }
  return SendAll(to, bytes);
}

}  // namespace tinyfog::testing
