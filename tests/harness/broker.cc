#include "broker.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace tinyfog::testing {
namespace {

constexpr int kTries = 5;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

bool Accepts(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  const bool accepted =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  close(fd);
  return accepted;
}

Broker::Broker(std::string more) : more_(std::move(more)) {
  for (int i = 0; i < kTries; ++i) {
    port_ = FreePort();
    Restart();
    if (process_->running()) return;
  }
  ADD_FAILURE() << "mosquitto does not start: " << process_->Errors();
}

void Broker::Kill() {
  process_->Signal(SIGKILL);
  process_->Wait();
}

void Broker::Restart() {
  // The queue limits are those of the daemon's private broker: a gateway that is away for a moment
  // loses nothing.
  Store(folder_ / "mosquitto.conf", "listener " + std::to_string(port_) +
                                        " 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
                                        "max_queued_messages 65536\n" +
                                        more_);
  process_ = std::make_unique<Process>(
      std::vector<std::string>{"/usr/sbin/mosquitto", "-c", (folder_ / "mosquitto.conf").string()});
  Eventually([this] { return !process_->running() || Accepts(port_); });
}

}  // namespace tinyfog::testing
